import { FACETS } from '#libs/contracts/vocabulary.js'
import { positionCounts } from '#libs/ledger/own-track.js'
import type { FoldedTrack } from '../folded-track.js'
import { positionKey } from '../track-rows.js'

/**
 * A track may hold thousands of positions, one for each measure that was ever voted on, and most of them are never spoken
 * of again. Those that no segment moved are frozen, once there are twice as many of the others as there were the last time:
 * each is looked at a few times, however long the track becomes.
 * @param warmMin  how many are not worth it
 */
export const freezeQuiet = (folded: FoldedTrack, warmMin = WARM_MIN): void => {
  if (positionCounts(folded.track).warm < Math.max(warmMin, 2 * folded.warmAtFreeze)) return
  const moved = new Set(folded.segments.flatMap(({ touched }) => touched))
  for (const facet of FACETS) {
    const frozen = folded.track.positions[facet].freezeQuiet(
      (matter) => !moved.has(positionKey(matter, facet)),
      (matter) => folded.matters.get(matter)?.role ?? 'THIRD',
    )
    folded.positions.freezeQuiet(frozen.map((matter) => positionKey(matter, facet)))
  }
  folded.warmAtFreeze = positionCounts(folded.track).warm
}

const WARM_MIN = 64
