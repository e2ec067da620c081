import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'
import type { CopyRows } from './copy-buffer.js'
import { copyInto } from './copy.js'
import { isPipelined, type Client } from './database.js'
import { partsOf } from './statement-parts.js'

/**
 * Statements for one connection, executed one after the other, so that the next can be built while Postgres works on the
 * last. On a pipelined connection each is sent at once, on another one when the one before has been answered. The first
 * error is the one that counts: the transaction is lost with it, and with it whatever was sent behind.
 */
export class StatementQueue {
  /** Ends when everything was executed. */
  #executed: Promise<unknown> = Promise.resolve()
  /** What the next statement waits for before it is sent. */
  #gate: Promise<unknown> | null = null
  readonly #pipelined: boolean

  constructor(readonly client: Client) {
    this.#pipelined = isPipelined(client)
  }

  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return this.#enqueue(() => this.client.query<Row>(statement))
  }

  /** Writes rows, as many in each statement as one may. @param statementOf is asked for one for each part of them */
  write<Row>(rows: readonly Row[], statementOf: (part: readonly Row[]) => QueryConfig): void {
    for (const part of partsOf(rows)) void this.query(statementOf(part))
  }

  /** @see copyInto */
  copy(target: string, rows: CopyRows): void {
    if (rows.rowCount > 0) void this.#enqueue(() => copyInto(this.client, target, rows))
  }

  /** A COPY whose rows depend on what an earlier statement of this queue returned. What is queued after it waits for them. */
  copyLater(target: string, rows: () => Promise<CopyRows>): void {
    const known = (this.#gate ?? Promise.resolve()).then(rows)
    this.#gate = known
    void this.#enqueue(async () => copyInto(this.client, target, await known))
  }

  /** Waits until everything was executed. @throws the first error */
  async drain(): Promise<void> {
    await this.#executed
  }

  #enqueue<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#gate === null ? send() : this.#gate.then(send)
    if (!this.#pipelined) this.#gate = sent
    this.#executed = this.#executed.then(() => sent)
    // whoever drains is told; nobody need listen to each
    this.#executed.catch(() => undefined)
    sent.catch(() => undefined)
    return sent
  }
}
