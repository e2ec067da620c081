import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'
import type { CopyRows } from './copy-buffer.js'
import { copyInto } from './copy.js'
import type { Client } from './database.js'

/**
 * Statements for one connection, sent one after the other, so that the next can be built while Postgres works on the
 * last. After a failure nothing more is sent: the transaction is lost anyway, and the first error is the one that counts.
 */
export class StatementQueue {
  #tail: Promise<unknown> = Promise.resolve()

  constructor(readonly client: Client) {}

  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return this.#enqueue(() => this.client.query<Row>(statement))
  }

  /** @see copyInto */
  copy(target: string, rows: CopyRows): void {
    if (rows.rowCount > 0) void this.#enqueue(() => copyInto(this.client, target, rows))
  }

  /** A COPY whose rows depend on what an earlier statement of this queue returned. */
  copyLater(target: string, rows: () => Promise<CopyRows>): void {
    void this.#enqueue(async () => copyInto(this.client, target, await rows()))
  }

  /** Waits until everything was executed. @throws the first error */
  async drain(): Promise<void> {
    await this.#tail
  }

  #enqueue<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#tail.then(send)
    this.#tail = sent
    // whoever drains is told; nobody need listen to each
    sent.catch(() => undefined)
    return sent
  }
}
