import type { Change, Conflict } from '#libs/ledger/track.js'
import { hash } from 'node:crypto'

/**
 * Ids of what the fold makes. They depend on the content alone, so that a replay, another generation and a read on
 * other clocks name the same change alike (docs/design.md 7).
 */

/** Our own namespace: a random UUID, never to be altered, since ids that were handed out hang on it. */
const NAMESPACE = '14f66d52-5bd6-47c1-8020-7bb91d742a85'

/**
 * One id a change, in the order given. A statement can make the same kind of change on one position twice (two of its
 * stances with disjoint scopes), so those after the first carry their ordinal.
 */
export const changeIds = (actor: string, changes: readonly Change[]): string[] => {
  const ordinalOf = ordinals()
  return changes.map(({ matter, facet, statement, kind }) =>
    ordinalOf(['change', actor, matter, facet, statement, kind]),
  )
}

/** One id a conflict, in the order given. */
export const conflictIds = (actor: string, dossier: string, conflicts: readonly Conflict[]): string[] => {
  const ordinalOf = ordinals()
  return conflicts.map(({ facet, matters, statements }) =>
    ordinalOf(['conflict', actor, dossier, facet, ...matters, ...statements]),
  )
}

const ordinals = (): ((parts: readonly string[]) => string) => {
  const seen = new Map<string, number>()
  return (parts) => {
    const name = parts.join('|')
    const ordinal = seen.get(name) ?? 0
    seen.set(name, ordinal + 1)
    return uuidV5(ordinal === 0 ? name : `${name}|${ordinal}`)
  }
}

/** UUIDv5 (RFC 9562) in our namespace, as the `uuid` package makes it, at a fifth of the time: a replay makes millions. */
const uuidV5 = (name: string): string => {
  const length = NAMESPACE_BYTES.length + Buffer.byteLength(name)
  const bytes = length <= scratch.length ? scratch : Buffer.alloc(length)
  NAMESPACE_BYTES.copy(bytes)
  bytes.write(name, NAMESPACE_BYTES.length)
  const hex = hash('sha1', bytes.subarray(0, length))
  const variant = VARIANTS[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8'
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const NAMESPACE_BYTES = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex')
const VARIANTS = ['8', '9', 'a', 'b']
const scratch = Buffer.alloc(1_024)
