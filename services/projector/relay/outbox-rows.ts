import type { Client } from '#libs/postgres/database.js'
import type { RelayConfig } from './config.js'
import { MARK_PUBLISHED, TAKE_NUMBERED_ROWS, TAKE_ROWS } from './outbox.sql.js'

/** A row of the outbox that has its place in the order of publication. */
export interface NumberedRow {
  readonly id: number
  readonly topic: 'positions' | 'changes'
  readonly sequence: number
  /** Number of the first message; null for positions. */
  readonly firstNumber: number | null
  readonly createdAt: Date
  /** NDJSON, one line a message: ["key", body or null]. */
  readonly messages: string
}

/** The leader's view of the outbox: what an earlier one had numbered first, then what waits. */
export class OutboxRows {
  #numberedUpTo = 0
  #numberedAreDone = false

  constructor(
    readonly client: Client,
    readonly config: Pick<RelayConfig, 'batchRowsMax' | 'batchBytesMax'>,
  ) {}

  /** The next rows to publish, in order, within the bounds; none while none wait. Rows that were taken are not given again. */
  async take(): Promise<NumberedRow[]> {
    if (!this.#numberedAreDone) {
      const rows = await this.#takeNumbered()
      if (rows.length > 0) return rows
      this.#numberedAreDone = true
    }
    const values = [this.config.batchRowsMax, this.config.batchBytesMax]
    const { rows } = await this.client.query<NumberedRow>({ name: 'take-rows', text: TAKE_ROWS, values })
    return rows.sort((one, other) => one.sequence - other.sequence)
  }

  /** Whether there is likely more behind what was taken: as many rows, or half as many bytes, as are taken at once. */
  mayHoldMore(taken: readonly NumberedRow[]): boolean {
    const { batchRowsMax, batchBytesMax } = this.config
    if (!this.#numberedAreDone || taken.length >= batchRowsMax) return true
    return taken.reduce((sum, { messages }) => sum + messages.length, 0) > batchBytesMax / 2
  }

  async markPublished(rows: readonly NumberedRow[]): Promise<void> {
    const ids = rows.map(({ id }) => id)
    await this.client.query({ name: 'mark-published', text: MARK_PUBLISHED, values: [ids] })
  }

  async #takeNumbered(): Promise<NumberedRow[]> {
    const values = [this.#numberedUpTo, this.config.batchRowsMax, this.config.batchBytesMax]
    const { rows } = await this.client.query<NumberedRow>(TAKE_NUMBERED_ROWS, values)
    this.#numberedUpTo = rows.at(-1)?.sequence ?? this.#numberedUpTo
    return rows
  }
}
