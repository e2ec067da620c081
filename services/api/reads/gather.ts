import { LedgerError } from '#libs/contracts/error-codes.js'

/**
 * What is asked for in one turn of the event loop is asked for at once: a connection to Postgres and a round trip cost
 * more than most reads, and under load there are always some of them.
 * @param answerAll answers in the order of the questions
 * @param gatheredMax more than these do not wait for each other
 */
export const gathered = <Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  gatheredMax: number,
): ((question: Question) => Promise<Answer>) => {
  let waiting: Waiting<Question, Answer>[] = []
  const flush = (): void => {
    const those = waiting
    waiting = []
    if (those.length > 0) void settle(answerAll, those)
  }
  return (question) =>
    new Promise((resolve, reject) => {
      const length = waiting.push({ question, resolve, reject })
      if (length === 1) setImmediate(flush)
      else if (length === gatheredMax) flush()
    })
}

interface Waiting<Question, Answer> {
  readonly question: Question
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Never rejects. A failure for which one question may be to blame is not that of the others: each is asked alone then. */
const settle = async <Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  waiting: readonly Waiting<Question, Answer>[],
): Promise<void> => {
  try {
    const answers = await answerAll(waiting.map(({ question }) => question))
    if (answers.length !== waiting.length) throw new Error('not every question has its answer')
    waiting.forEach(({ resolve }, index) => resolve(answers[index] as Answer))
  } catch (error) {
    if (waiting.length === 1 || error instanceof LedgerError) for (const { reject } of waiting) reject(error)
    else for (const one of waiting) void settle(answerAll, [one])
  }
}
