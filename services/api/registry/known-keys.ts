import type { FindKey, IssuedKey } from '#libs/http/api-keys.js'
import type { Registry } from '#libs/ledger/registry.js'

/** Finds API keys in the newest registry; indexed once for each registry, since every request asks. */
export const findKeyIn = (latest: () => Registry): FindKey => {
  let indexed: Registry | undefined
  let byHash = new Map<string, IssuedKey>()
  return (hash) => {
    const registry = latest()
    if (registry !== indexed) {
      indexed = registry
      byHash = new Map([...registry.keys.values()].map((key) => [key.hash, key]))
    }
    return byHash.get(hash)
  }
}
