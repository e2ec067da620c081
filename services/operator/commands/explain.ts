import { FACETS } from '#libs/contracts/vocabulary.js'
import { BUILT_IN_REDUCER } from '#libs/postgres/generation.js'
import { EXIT, UsageError, type LedgerCommand } from '../command.js'
import { explainInLedger, type Subject } from '../explain/explain-in-ledger.js'
import { linesOfExplanation } from '../explain/explanation-lines.js'
import { inLiveSnapshot } from '../ledger-database.js'

export interface ExplainOptions {
  readonly subject: Subject
  readonly json: boolean
}

/**
 * `ledger explain <statement>` or `<actor>/<matter>/<facet>`: the claims, which row of the table of docs/design.md 6.5 each
 * met, and what it moved. Exit: 0 explained, 1 failed or there is no such thing, 2 usage.
 */
export const explain: LedgerCommand<ExplainOptions> = {
  summary: 'Say why a statement moved what it moved, or how a position came about',
  define: (parent) =>
    parent
      .command('explain')
      .argument('<statement or position>', 'id of a statement, or actor/matter/facet')
      .option('--json', 'print it as JSON'),
  parse: (args, flags) => ({ subject: subjectOf(args[0] ?? ''), json: flags.json === true }),
  async run({ subject, json }, io) {
    const { explanation, reducer } = await inLiveSnapshot(io.env, async (client, live) => ({
      explanation: await explainInLedger(client, subject),
      reducer: live.reducer,
    }))
    if (explanation === undefined) throw new Error(`There is no ${nameOf(subject)}.`)
    if (reducer !== BUILT_IN_REDUCER)
      io.err(`The live generation is folded by ${reducer}; this explains what the built-in fold makes of it.`)
    if (json) io.out(JSON.stringify(explanation))
    else for (const line of linesOfExplanation(explanation)) io.out(line)
    return EXIT.ok
  },
}

/** Ids hold no slash, so three parts are a position. */
const subjectOf = (text: string): Subject => {
  const parts = text.split('/')
  if (parts.length === 1 && text !== '') return { kind: 'statement', id: text }
  const [actor, matter, facet] = parts
  const known = FACETS.find((one) => one === facet?.toUpperCase())
  if (parts.length !== 3 || !actor || !matter || known === undefined)
    throw new UsageError(`'${text}' is neither a statement nor a position: say irn/irn-rus.uav/FACT.`)
  return { kind: 'position', actor, matter, facet: known }
}

const nameOf = (subject: Subject): string =>
  subject.kind === 'statement' ? `statement ${subject.id}` : `actor ${subject.actor} or no matter ${subject.matter}`
