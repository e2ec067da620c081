import { FACETS, type Facet } from '#libs/contracts/vocabulary.js'
import { levelsOf } from '#libs/ledger/matter-levels.js'
import { heldOn, positionOf, positionsOf, sameHeld } from '#libs/ledger/positions.js'
import type { FoldedTrack } from './folded-track.js'
import { sameRow, withoutRow, withRow } from './row-digest.js'
import { conditionKey, conditionStateOf, positionKey, positionRow, type PositionRow } from './track-rows.js'

/** The positions that differ from what the database holds. */
export interface PositionDiff {
  /** Those that it holds otherwise, and those that it holds not at all. */
  readonly positions: PositionRow[]
  readonly newPositions: PositionRow[]
  readonly gonePositions: { readonly matter: string; readonly facet: string }[]
}

/** Compares the positions of these keys with what the database holds of them, and remembers them as held from now on. */
export const diffPositions = (folded: FoldedTrack, diff: PositionDiff, keys: Iterable<string>): void => {
  for (const key of keys) diffPosition(folded, diff, key)
}

const diffPosition = (folded: FoldedTrack, diff: PositionDiff, key: string): void => {
  const [matter = '', facet = ''] = key.split('|')
  const held = heldOn(folded.track, matter, facet as Facet)
  const known = folded.positions.get(key)
  if (held === null) {
    if (known === undefined) return
    folded.digest = withoutRow(folded.digest, known)
    folded.positions.delete(key)
    diff.gonePositions.push({ matter, facet })
    return
  }
  const conditionState = conditionStateOf(folded.actor, folded.track, held)
  if (known?.held && known.conditionState === conditionState && sameHeld(known.held, held)) return
  const position = positionOf(held)
  const row = positionRow(folded, position, conditionState)
  const { high, middle, low } = row.digest
  folded.positions.set(key, { high, middle, low, dependsOn: conditionKey(position), held, conditionState })
  if (known !== undefined) {
    if (sameRow(known, row.digest)) return
    folded.digest = withoutRow(folded.digest, known)
  }
  folded.digest = withRow(folded.digest, row.digest)
  const rows = known === undefined ? diff.newPositions : diff.positions
  rows.push(row)
}

/** What has come to be entailed on matters that are new, and what hangs on that by a condition. */
export const diffNewMatters = (folded: FoldedTrack, diff: PositionDiff, matters: ReadonlySet<string>): void => {
  const keys = [...matters].flatMap((matter) => FACETS.map((facet) => positionKey(matter, facet)))
  diffPositions(folded, diff, affectedBy(folded, new Set(keys)))
}

/** All that the track holds, or that the database holds of it. */
export const everyPosition = (folded: FoldedTrack): Set<string> =>
  new Set([
    ...positionsOf(folded.track).map(({ matter, facet }) => positionKey(matter, facet)),
    ...folded.positions.keys(),
  ])

/**
 * Positions that can have moved: those that were touched, those that are entailed from them or list them as an
 * exception, and those that hang on any of these by a condition.
 */
export const affectedBy = (folded: FoldedTrack, touched: ReadonlySet<string>): Set<string> => {
  const affected = new Set<string>()
  const levels = levelsOf(folded.matters)
  for (const key of touched) {
    affected.add(key)
    const [matter = '', facet = ''] = key.split('|')
    for (const level of levels.narrowerLevels(matter))
      for (const other of level) affected.add(positionKey(other, facet))
    for (const level of levels.broaderLevels(matter)) for (const other of level) affected.add(positionKey(other, facet))
  }
  // also on one that was found to depend on another
  for (const key of folded.positions.dependingOn(affected)) affected.add(key)
  return affected
}
