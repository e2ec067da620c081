import { readFile, writeFile } from 'node:fs/promises'
import { SCOPES } from '#libs/contracts/vocabulary.js'
import { hashOfKey, newApiKey, type Caller } from '#libs/http/api-keys.js'
import type { FollowedRecord } from '../record/followed-record.js'
import { derivedEventId } from '../writes/event-identity.js'
import type { Writer } from '../writes/writer.js'

const ACCOUNT = 'development'
const ITSELF: Caller = { account: 'intake', keyId: null, scopes: [] }
const ROUTE = 'bootstrap'

/**
 * Issues the key that a file holds, with every scope, unless it was issued before; writes a new one there if there is no
 * file. So that the first key does not need a key.
 * @returns whether it was issued now
 */
export async function issueBootstrapKey(file: string, record: FollowedRecord, writer: Writer): Promise<boolean> {
  const key = (await readOrMake(file)).trim()
  if (key.length < 32) throw new Error(`${file} must hold an API key of at least 32 characters.`)
  const hash = hashOfKey(key)
  if (record.findKey(hash)) return false
  // the same file gives the same event, so that two intakes that start at once issue it once
  const id = derivedEventId({ account: ACCOUNT, route: ROUTE, dossier: '', key: hash })
  await writer.write({
    type: 'ledger.key.issued.v1',
    subject: id,
    data: { account: ACCOUNT, hash, scopes: [...SCOPES] },
    caller: ITSELF,
    identity: { route: ROUTE },
    eventId: id,
  })
  return true
}

async function readOrMake(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const key = newApiKey()
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
    return key
  }
}
