import { isDeepStrictEqual } from 'node:util'
import type { Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { datesOf, trackActors } from '#libs/ledger/track-input.js'
import { arrayLiteral, copyArray, copyBoolean, copyText, CopyRows } from '#libs/postgres/copy-buffer.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import type { ShelvedStatement } from './statement-shelf.js'
import { UPDATE_STATEMENTS } from './statements.sql.js'

/**
 * Queues the rows of all statements that a batch touched: new ones by COPY, others by one update. A merge of actors touches
 * all that these ever said, and leaves most of it as it is: that is not written.
 */
export const writeStatements = (
  queue: StatementQueue,
  statements: readonly ShelvedStatement[],
  registry: Registry,
): void => {
  const fresh = new CopyRows()
  const changed: StatementColumns[] = []
  for (const statement of statements) {
    const columns = columnsOf(statement, registry)
    if (statement.before === null) fresh.add(copyLine(columns))
    else if (differs(statement, columns)) changed.push(columns)
  }
  queue.copy(STATEMENT_TARGET, fresh)
  updateStatements(queue, changed)
}

const STATEMENT_TARGET =
  'statement (id, dossier, speaker, office, act, said_earliest, said_latest, published_earliest, matters, actors, hidden, merged_into, state, words, applied_records, recorded_at, last_recorded_at)'

interface StatementColumns {
  readonly state: StatementState
  readonly earliest: string | null
  readonly latest: string
  readonly published: string
  readonly matters: readonly string[]
  readonly actors: readonly string[]
  readonly appliedRecords: readonly string[]
}

/** @throws (assertion) where no evidence is dated, which the checks of an event rule out */
const columnsOf = ({ state, appliedRecords }: ShelvedStatement, registry: Registry): StatementColumns => {
  const dates = datesOf(state.evidence, undefined)
  if (dates === null) throw new Error(`statement ${state.id} has no dated evidence`)
  return {
    state,
    earliest: dates.said.earliest,
    latest: dates.said.latest,
    published: dates.published.earliest,
    matters: mattersOf(state),
    actors: trackActors(state, registry),
    appliedRecords,
  }
}

/** States are replaced, never changed: one that is the same object says the same. */
const differs = ({ state, before, actorsBefore, appliedBefore }: ShelvedStatement, now: StatementColumns): boolean =>
  state !== before || now.appliedRecords.length !== appliedBefore || !isDeepStrictEqual(now.actors, actorsBefore)

const mattersOf = ({ coding }: StatementState): string[] => {
  const [only, ...more] = coding.stances
  if (more.length === 0 && coding.about === undefined) return only ? [only.matter] : []
  return [...new Set([...coding.stances.map(({ matter }) => matter), ...(coding.about ?? [])])]
}

/** JSON array of what full text finds it by; null where it has none. */
const wordsOf = ({ coding, evidence }: StatementState): string | null => {
  const texts = coding.gist === undefined ? [] : [coding.gist]
  for (const { quote, paraphrase } of evidence) {
    if (quote !== undefined) texts.push(quote)
    if (paraphrase !== undefined) texts.push(paraphrase)
  }
  return texts.length === 0 ? null : JSON.stringify(texts)
}

const copyLine = ({
  state,
  earliest,
  latest,
  published,
  matters,
  actors,
  appliedRecords,
}: StatementColumns): string => {
  const { coding } = state
  return `${state.id}\t${state.dossier}\t${coding.speaker}\t${copyText(coding.office)}\t${coding.act}\t${copyText(
    earliest,
  )}\t${latest}\t${published}\t${copyArray(matters)}\t${copyArray(actors)}\t${copyBoolean(
    state.suppressed !== null,
  )}\t${copyText(state.mergedInto)}\t${copyText(JSON.stringify(state))}\t${copyText(wordsOf(state))}\t${copyArray(appliedRecords)}\t${
    state.recordedAt
  }\t${state.lastRecordedAt}`
}

const updateStatements = (queue: StatementQueue, rows: readonly StatementColumns[]): void => {
  queue.write(rows, (part) => ({
    name: 'update-statements',
    text: UPDATE_STATEMENTS,
    values: [
      textColumn(part.map(({ state }) => state.id)),
      textColumn(part.map(({ state }) => state.coding.speaker)),
      textColumn(part.map(({ state }) => state.coding.office ?? null)),
      textColumn(part.map(({ state }) => state.coding.act)),
      textColumn(part.map(({ earliest }) => earliest)),
      textColumn(part.map(({ latest }) => latest)),
      textColumn(part.map(({ published }) => published)),
      textColumn(part.map(({ matters }) => arrayLiteral(matters))),
      textColumn(part.map(({ actors }) => arrayLiteral(actors))),
      textColumn(part.map(({ state }) => state.suppressed !== null)),
      textColumn(part.map(({ state }) => state.mergedInto)),
      textColumn(part.map(({ state }) => JSON.stringify(state))),
      textColumn(part.map(({ state }) => wordsOf(state))),
      textColumn(part.map(({ appliedRecords }) => arrayLiteral(appliedRecords))),
      textColumn(part.map(({ state }) => state.recordedAt)),
      textColumn(part.map(({ state }) => state.lastRecordedAt)),
    ],
  }))
}
