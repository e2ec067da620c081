import type { LedgerEvent } from '#libs/contracts/events.js'
import type { TakenIds } from './check-event.js'

/** What the lines of a batch make of ids, before any of them is on the record: a later line is checked as if it were. */
export class BatchIds implements TakenIds {
  readonly #before: TakenIds
  readonly #taken = new Map<string, boolean>()

  /** @param before what is known apart from this batch */
  constructor(before: TakenIds) {
    this.#before = before
  }

  has(kind: 'statement' | 'report', id: string): boolean {
    return this.#taken.get(`${kind}:${id}`) ?? this.#before.has(kind, id)
  }

  /** The next line's event. */
  add({ type, subject }: LedgerEvent): void {
    if (type === 'ledger.statement.recorded.v1') this.#taken.set(`statement:${subject}`, true)
    // what was voided should never have been recorded: its id may be recorded anew
    if (type === 'ledger.statement.voided.v1') this.#taken.set(`statement:${subject}`, false)
    if (type === 'ledger.report.registered.v1') this.#taken.set(`report:${subject}`, true)
  }
}
