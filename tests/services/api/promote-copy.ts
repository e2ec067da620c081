import { inTransaction, type Client } from '#libs/postgres/database.js'
import { createGeneration } from '#libs/postgres/generation.js'

const TABLES = ['statement', 'outcome', 'track', 'position', 'change', 'conflict', 'registry_entity']

/** Makes a generation with the same content and makes it the live one. */
export async function promoteCopy(client: Client, id: number): Promise<void> {
  await inTransaction(client, async () => {
    await createGeneration(client, { id, reducer: 'built-in' })
    for (const table of TABLES)
      await client.query(`insert into generation_${id}.${table} select * from generation_${id - 1}.${table}`)
    await client.query(
      `insert into ledger.checkpoint select $1, topic, partition, next_offset, recorded_at
         from ledger.checkpoint where generation = $2`,
      [id, id - 1],
    )
    await client.query(`update ledger.generation set status = 'retired' where id = $1`, [id - 1])
    await client.query(`update ledger.generation set status = 'live', promoted_at = now() where id = $1`, [id])
  })
}
