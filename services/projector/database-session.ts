import { connect, type PoolOptions } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import type pg from 'pg'

/** One connection that is opened when it is needed, and opened anew after it broke. One user at a time. */
export class DatabaseSession implements AsyncDisposable {
  #client: pg.Client | undefined

  constructor(
    readonly config: DatabaseConfig,
    readonly options: PoolOptions,
  ) {}

  /** @throws while Postgres cannot be reached */
  async client(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client
    const client = await connect(this.config, {
      ...this.options,
      onIdleError: (error) => {
        this.options.onIdleError(error)
        this.#forget(client)
      },
    })
    client.once('end', () => this.#forget(client))
    this.#client = client
    return client
  }

  /** Opens another connection next time: this one may be in any state. */
  async renew(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    // a connection that is broken already cannot be closed in order
    await client?.end().catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.renew()
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined
  }
}
