import { test } from 'tap'
import { compareItems } from '#libs/ledger/claim-order.js'
import { itemsOf } from '#libs/ledger/claims.js'
import { extendTrackByItems } from '#libs/ledger/extend-track.js'
import { packTrack, unpackTrack, type PackedTrack } from '#libs/ledger/pack-track.js'
import { positionsOf } from '#libs/ledger/positions.js'
import { openTrack, withoutDelta, type Track } from '#libs/ledger/track-state.js'
import { readConformanceCases } from './conformance-cases.js'

const { matters, cases } = readConformanceCases()

/** Through text, as it is kept. */
const packedAndUnpacked = (track: Track): Track =>
  unpackTrack(JSON.parse(JSON.stringify(packTrack(track).packed)) as PackedTrack, matters).track

const openConflictsOf = (statements: (typeof cases)[number]['statements']) => {
  const items = statements.flatMap((one) => itemsOf(one, matters)).sort(compareItems)
  const track = extended(extendTrackByItems(openTrack(matters), items))
  return { track, conflicts: [...new Set(openOn(track))] }
}

const openOn = ({ positions }: Track) =>
  Object.values(positions).flatMap((byMatter) =>
    [...byMatter.values()].flatMap(({ openConflicts }) => openConflicts.flat().map(({ conflict }) => conflict)),
  )

const extended = (track: Track | 'refold'): Track => {
  if (track === 'refold') throw new Error('items that are sorted extend a track')
  return track
}

void test('a track that is packed after each item comes to what it comes to without, in all 900 cases', (t) => {
  for (const { number, statements } of cases) {
    let track = openTrack(matters)
    let packed = openTrack(matters)
    for (const item of statements.flatMap((one) => itemsOf(one, matters)).sort(compareItems)) {
      track = extended(extendTrackByItems(track, [item]))
      packed = extended(extendTrackByItems(packedAndUnpacked(packed), [item]))
      t.strictSame(packed.delta, track.delta, `what ${item.statement} made in case ${String(number)}`)
    }
    t.strictSame(positionsOf(packed), positionsOf(track), `positions of case ${String(number)}`)
    t.strictSame(packTrack(packedAndUnpacked(packed)), packTrack(withoutDelta(track)), 'packed twice it is the same')
  }
  t.end()
})

void test('conflicts that are named beside a track are the same after it was packed', (t) => {
  const [first] = cases
    .map(({ statements }) => openConflictsOf(statements))
    .filter(({ conflicts }) => conflicts.length > 1)
  if (first === undefined) throw new Error('no case has two open conflicts')
  const { packed, places } = packTrack(first.track, first.conflicts)
  const { track, conflictAt } = unpackTrack(packed, matters)
  const named = places.map(conflictAt)
  t.strictSame(named, first.conflicts)
  t.ok(
    named.every((conflict) => openOn(track).includes(conflict as never)),
    'the very ones that are open on its positions',
  )
  t.end()
})
