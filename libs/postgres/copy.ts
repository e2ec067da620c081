import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import copyStreams from 'pg-copy-streams'
import type { CopyRows } from './copy-buffer.js'
import type { Client } from './database.js'

/**
 * Loads rows with COPY, which the connection runs behind whatever was sent before it.
 * @param target table and columns: `change (id, actor)`
 * @throws DatabaseError where a row breaks a constraint; the transaction is then to be rolled back
 */
export const copyInto = async (client: Client, target: string, rows: CopyRows): Promise<void> => {
  if (rows.rowCount === 0) return
  const stream = client.query(copyStreams.from(`copy ${target} from stdin`)) as Writable
  const done = finished(stream)
  writeInChunks(stream, rows.toBuffer())
  stream.end()
  await done
}

/** One message of the protocol each; Postgres reads them into memory whole. */
const CHUNK_BYTES = 256 * 1024

const writeInChunks = (stream: Writable, bytes: Buffer): void => {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    stream.write(bytes.subarray(start, start + CHUNK_BYTES))
}
