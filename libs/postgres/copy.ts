import pg from 'pg'
import type { CopyRows } from './copy-buffer.js'
import { together, type Client } from './database.js'

/**
 * Loads rows with COPY, which the connection runs behind whatever was sent before it. The rows go out right behind the
 * statement, without waiting for Postgres to ask for them: what it does not ask for, since the statement failed, it drops.
 * @param target table and columns: `change (id, actor)`
 * @throws DatabaseError where a row breaks a constraint; the transaction is then to be rolled back
 */
export const copyInto = async (client: Client, target: string, rows: CopyRows): Promise<void> => {
  await together(
    client,
    rows.toMessages().map((messages) => () => copyMessagesInto(client, target, messages)),
  )
}

const copyMessagesInto = (client: Client, target: string, messages: readonly Buffer[]): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(
      new CopyQuery(`copy ${target} from stdin`, messages, (error) => {
        if (error) reject(error)
        else resolve()
      }),
    )
  })

/** As much of the driver's connection as a COPY needs. */
interface CopyConnection {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): unknown }
  query(text: string): void
  endCopyFrom(): void
}

/** A COPY is a query that brings its rows along: the driver takes it on a pipelined connection, too. */
class CopyQuery extends pg.Query {
  constructor(
    readonly statement: string,
    readonly messages: readonly Buffer[],
    callback: (error: Error | undefined) => void,
  ) {
    super(statement, undefined, callback)
  }

  override submit = (connection: unknown): void => {
    const wire = connection as CopyConnection
    wire.query(this.statement)
    // not by the driver's own method, which would copy what are messages already
    for (const message of this.messages) if (wire.stream.writable) wire.stream.write(message)
    wire.endCopyFrom()
  }

  /** The driver's own would refuse the COPY: it has no rows to send. These are on their way. */
  handleCopyInResponse(): void {
    return undefined
  }
}
