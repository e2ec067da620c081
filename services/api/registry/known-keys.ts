import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FindKey, IssuedKey } from '#libs/http/api-keys.js'
import type { Registry } from '#libs/ledger/registry.js'

/**
 * Finds API keys in the newest registry; indexed once for each registry, since every request asks.
 * @throws LedgerError NOT_READY from the function that it gives, until there is a registry: a good key must not be called
 *   invalid by an api that has just been started
 */
export const findKeyIn = (latest: () => Registry | undefined): FindKey => {
  let indexed: Registry | undefined
  let byHash = new Map<string, IssuedKey>()
  return (hash) => {
    const registry = latest()
    if (registry === undefined)
      throw new LedgerError('NOT_READY', { detail: 'The API keys are not known yet.', retryAfterSeconds: 1 })
    if (registry !== indexed) {
      indexed = registry
      byHash = new Map([...registry.keys.values()].map((key) => [key.hash, key]))
    }
    return byHash.get(hash)
  }
}
