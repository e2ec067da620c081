import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { LedgerClient } from '#libs/client/ledger-client.js'
import { loadSeeds } from '#seeds/load-seeds.js'

/**
 * Loads the seeds into a ledger that holds no statement yet, and waits until they can be read. One that was stopped in the
 * middle of it is taken up again: a note in the ledger's directory says so.
 * @returns how many lines were loaded; 0 if there were statements
 */
export async function seedWhenEmpty(
  client: LedgerClient,
  dir: string,
  log: (sentence: string) => void,
): Promise<number> {
  const note = path.join(dir, 'seeding')
  if (!existsSync(note) && !(await isEmpty(client))) return 0
  writeFileSync(note, 'The seeds are being loaded. If this stays, the next start goes on with it.\n')
  const { lines, ledgerAfter } = await loadSeeds(client, ({ part, done, total }) => {
    if (done === total) log(`Seeds: ${done} lines of ${part}.`)
  })
  for (const token of ledgerAfter) await client.read('/v1/statements?limit=1', token)
  rmSync(note)
  return lines
}

async function isEmpty(client: LedgerClient): Promise<boolean> {
  const { items } = await client.read<{ items: unknown[] }>('/v1/statements?limit=1')
  return items.length === 0
}
