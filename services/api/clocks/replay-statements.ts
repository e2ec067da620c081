import type { StatementEvent } from '#libs/contracts/events.js'
import type { Registry } from '#libs/ledger/registry.js'
import { applyStatementEvent, statementsNamedBy } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'

/** A record of the statements topic, as far as it bears on the statements that are rebuilt. */
export interface ReplayedRecord {
  readonly event: StatementEvent
  readonly recordedAt: string
  /** It had no effect and nothing waits behind it: an operator had dismissed it by then. */
  readonly dismissed: boolean
  /** It could not be applied, whatever the registry says: an id used before, the wrong partition. */
  readonly refused: boolean
}

/**
 * Statements as their events left them, with the registry of one moment (docs/design.md 5, "Outcomes"): events of one
 * statement in order, and what is pending or quarantined holds up the later ones. Depends on nothing else, so it comes
 * to what the projector had come to then.
 * @param records in the order of the log; all that name any of these statements
 */
export const replayStatements = (
  records: readonly ReplayedRecord[],
  registry: Registry,
): Map<string, StatementState> => {
  const states = new Map<string, StatementState>()
  const book = {
    get: (id: string) => states.get(id),
    set: (state: StatementState): void => void states.set(state.id, state),
  }
  let blocked: Blocked[] = records.map((record) => ({ record, missing: null }))
  for (;;) {
    const left = applyInOrder(book, registry, blocked)
    if (left.length === blocked.length) return states
    blocked = left
  }
}

/** `missing` is null for what is quarantined, waits, or was not tried yet. */
interface Blocked {
  readonly record: ReplayedRecord
  readonly missing: readonly string[] | null
  readonly quarantined?: boolean
}

type Book = Parameters<typeof applyStatementEvent>[0]

/** One pass over what is not settled. @returns what still is not */
const applyInOrder = (book: Book, registry: Registry, records: readonly Blocked[]): Blocked[] => {
  const ahead: Blocked[] = []
  for (const { record } of records) {
    const inTheWay = ahead.filter(({ record: other }) => nameOneStatement(other.event, record.event))
    const verdict = hasToWait(record.event, inTheWay) ? { record, missing: null } : verdictOn(book, registry, record)
    if (verdict !== null) ahead.push(verdict)
  }
  return ahead
}

/** @returns null once nothing waits behind it any more */
const verdictOn = (book: Book, registry: Registry, record: ReplayedRecord): Blocked | null => {
  if (record.dismissed) return null
  if (record.refused) return { record, missing: null, quarantined: true }
  const outcome = applyStatementEvent(book, registry, record.event, record.recordedAt)
  if (outcome.outcome === 'pending') return { record, missing: outcome.missing }
  return outcome.outcome === 'quarantined' ? { record, missing: null, quarantined: true } : null
}

/** What records a statement for the first time does not wait behind events that wait for nothing but this. */
const hasToWait = (event: StatementEvent, inTheWay: readonly Blocked[]): boolean => {
  if (event.type !== 'ledger.statement.recorded.v1') return inTheWay.length > 0
  const arrival = `statement:${event.subject}`
  return inTheWay.some(
    ({ quarantined, missing }) => quarantined === true || (missing !== null && !missing.includes(arrival)),
  )
}

const nameOneStatement = (one: StatementEvent, other: StatementEvent): boolean => {
  const names = statementsNamedBy(one)
  return statementsNamedBy(other).some((name) => names.includes(name))
}
