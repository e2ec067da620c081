import { LedgerError } from '#libs/contracts/error-codes.js'
import { isAway, sqlStateOf } from '#libs/postgres/database.js'

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
    if (waiting.length === 1 || !mayBeOfOne(error)) for (const { reject } of waiting) reject(error)
    else for (const one of waiting) void settle(answerAll, [one])
  }
}

/**
 * Whether one question may be to blame, or how many they were: a value that Postgres cannot take (SQLSTATE class 22), a limit
 * that they broke together (54), or what our own code makes of an answer. What else Postgres says (it is away, out of memory,
 * at a time limit, without a table) it would say to each, and would be asked hundreds of times when it can bear that least.
 */
const mayBeOfOne = (error: unknown): boolean => {
  if (error instanceof LedgerError || isAway(error)) return false
  const state = sqlStateOf(error)
  return state === undefined || state.startsWith('22') || state.startsWith('54')
}
