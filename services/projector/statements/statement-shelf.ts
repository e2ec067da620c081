import { FreezableMap } from '#libs/ledger/freezable-map.js'
import type { StatementBook } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'
import type { Client } from '#libs/postgres/database.js'
import { queryInParts } from '#libs/postgres/statement-parts.js'
import { fitsTextColumn, textColumn } from '#libs/postgres/text-columns.js'
import { DeflatedTexts } from '../frozen/deflated-texts.js'
import type { RecordPlace } from '../records/incoming-record.js'
import { FIND_STATEMENTS_TOUCHED, LOAD_STATEMENTS } from './statements.sql.js'

/** A statement in the course of a batch. */
export interface ShelvedStatement {
  readonly id: string
  /** As it is now. */
  state: StatementState
  /** As the batch found it; null where the batch recorded it. */
  readonly before: StatementState | null
  /** Actors whose tracks hold it in the database. */
  readonly actorsBefore: readonly string[]
  /** `partition.offset` of the events that took effect on it. */
  readonly appliedRecords: string[]
  /** How many of these the database holds. */
  readonly appliedBefore: number
  touched: boolean
}

/** The statements that a batch works on: loaded in one query, changed in memory, written at the end. */
export class StatementShelf implements StatementBook {
  readonly #statements = new FreezableMap<ShelvedStatement>(new DeflatedTexts(TEXTS_A_PIECE), thawed)

  get(id: string): StatementState | undefined {
    return this.#statements.get(id)?.state
  }

  set(state: StatementState): void {
    const shelved = this.#statements.get(state.id)
    if (shelved === undefined) {
      this.#statements.set(state.id, recorded(state, []))
      return
    }
    shelved.state = state
    shelved.touched = true
  }

  shelved(id: string): ShelvedStatement | undefined {
    return this.#statements.get(id)
  }

  /** Remembers which event took effect on which statements. */
  noteApplied(ids: readonly string[], { partition, offset }: RecordPlace): void {
    for (const id of ids) this.#statements.get(id)?.appliedRecords.push(`${partition}.${offset}`)
  }

  /** Marks a statement to be placed on its tracks anew although nothing of it changed. */
  touch(id: string): void {
    const shelved = this.#statements.get(id)
    if (shelved) shelved.touched = true
  }

  touched(): ShelvedStatement[] {
    const touched: ShelvedStatement[] = []
    for (const statement of this.#statements.values()) if (statement.touched) touched.push(statement)
    return touched
  }

  /**
   * Freezes half of the statements, those that came first, once there are more than `warmMax` that are not: a bulk holds a
   * million. For a shelf of statements that were all recorded here.
   */
  freezeBeyond(warmMax: number): void {
    if (this.#statements.warmCount <= warmMax) return
    const oldest: string[] = []
    for (const { id } of this.#statements.warm()) if (oldest.push(id) >= warmMax / 2) break
    this.#statements.freeze(oldest, frozenText)
  }

  /** Takes all statements off the shelf, some at a time. @returns those that were touched */
  *takeTouched(countMax: number): Generator<readonly ShelvedStatement[]> {
    let taken: ShelvedStatement[] = []
    for (const statement of this.#statements.drain()) {
      if (!statement.touched) continue
      taken.push(statement)
      if (taken.length < countMax) continue
      yield taken
      taken = []
    }
    if (taken.length > 0) yield taken
  }

  get size(): number {
    return this.#statements.warmCount + this.#statements.frozenCount
  }

  async load(client: Client, ids: Iterable<string>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => fitsTextColumn(id) && !this.#statements.get(id))
    const rows = await queryInParts(client, wanted, (part) =>
      client.query<StatementRow>({ name: 'load-statements', text: LOAD_STATEMENTS, values: [textColumn(part)] }),
    )
    this.#shelve(rows)
  }

  /** Loads what a change of the registry may bear on, however much an actor has said. @returns the ids */
  async loadTouched(client: Client, offices: readonly string[], actors: readonly string[]): Promise<string[]> {
    if (offices.length === 0 && actors.length === 0) return []
    const { rows } = await client.query<{ id: string }>(FIND_STATEMENTS_TOUCHED, [
      textColumn(offices),
      textColumn(actors),
    ])
    const ids = rows.map(({ id }) => id)
    await this.load(client, ids)
    return ids
  }

  #shelve(rows: readonly StatementRow[]): void {
    for (const row of rows) {
      const state = JSON.parse(row.state) as StatementState
      if (this.#statements.get(state.id)) continue
      this.#statements.set(state.id, {
        id: state.id,
        state,
        before: state,
        actorsBefore: row.actors,
        appliedRecords: row.appliedRecords,
        appliedBefore: row.appliedRecords.length,
        touched: false,
      })
    }
  }
}

const recorded = (state: StatementState, appliedRecords: string[]): ShelvedStatement => ({
  id: state.id,
  state,
  before: null,
  actorsBefore: [],
  appliedRecords,
  appliedBefore: 0,
  touched: true,
})

/** Some kilobytes: who amends one of them inflates so many (35 µs); 64 would save 20 bytes each. */
const TEXTS_A_PIECE = 16

type Frozen = [state: StatementState, appliedRecords: string[]]

const frozenText = ({ state, appliedRecords }: ShelvedStatement): string =>
  JSON.stringify([state, appliedRecords] satisfies Frozen)

const thawed = (text: string): ShelvedStatement => recorded(...(JSON.parse(text) as Frozen))

interface StatementRow {
  readonly state: string
  readonly actors: string[]
  readonly appliedRecords: string[]
}
