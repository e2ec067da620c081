import t from 'tap'
import { positionCounts } from '#libs/ledger/own-track.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import type { DirtyTrack } from '#services/projector/tracks/dirty-tracks.js'
import { foldDirty } from '#services/projector/tracks/fold-tracks.js'
import { emptyFoldedTrack, trackKey, type FoldedTrack } from '#services/projector/tracks/folded-track.js'
import { forgetFirst, reachesForgotten, statementCountOf } from '#services/projector/tracks/cache/forget-segments.js'
import { freezeQuiet } from '#services/projector/tracks/cache/freeze-quiet.js'
import { packFoldedTrack, unpackFoldedTrack } from '#services/projector/tracks/cache/packed-folded-track.js'
import { TrackCache } from '#services/projector/tracks/cache/track-cache.js'
import { readConformanceCases } from '#tests/libs/ledger/conformance-cases.js'
import { randomBy } from '../../generated-events.js'

const { matters, cases } = readConformanceCases()

/** Some cases after one another, some years each, as one long track; its statements in the order in which they were made. */
const longTrack = (count: number): TrackStatement[] =>
  cases.slice(0, count).flatMap(({ statements, number }, index) => {
    const year = 1_200 + 2 * index
    const inYear = JSON.stringify(statements)
      .replaceAll('"2022-', `"${year}-`)
      .replaceAll('"2021-', `"${year - 1}-`)
    return (JSON.parse(inYear) as TrackStatement[]).map((one) => ({ ...one, id: `${number}-${one.id}` }))
  })

const dirtyWith = (added: readonly TrackStatement[], changed: DirtyTrack['changed'] = new Map()): DirtyTrack => ({
  actor: 'a',
  dossier: 'd',
  added: new Map(added.map((one) => [one.id, one])),
  changed,
  newMatters: new Set(),
  replaced: false,
})

const folded = (track: FoldedTrack, dirty: DirtyTrack) => {
  const fold = foldDirty(track, dirty)
  if (fold.outcome === 'parked') throw fold.error
  // in which order rows are written makes no difference
  const rows = Object.entries(fold.diff).map(([kind, all]: [string, unknown[]]) => [
    kind,
    all.map((row) => JSON.stringify(row)).sort(),
  ])
  return { rows, digest: track.digest, statements: statementCountOf(track) }
}

const changedBy = (random: () => number, statement: TrackStatement): TrackStatement | null => {
  if (random() < 0.3) return null
  return random() < 0.5
    ? { ...statement, stances: statement.stances.slice(0, 1) }
    : { ...statement, retracted: statement.published.latest }
}

const isRecent = (track: FoldedTrack, statement: TrackStatement): boolean =>
  !reachesForgotten(track, dirtyWith([statement]))

const indexOf = (known: readonly TrackStatement[], id: string): number => known.findIndex((one) => one.id === id)

/** What happens to a track between two batches. */
const forgetsSome = (random: () => number, track: FoldedTrack): FoldedTrack => {
  forgetFirst(track, Math.floor(random() * 3))
  return track
}
const isPackedNowAndThen = (random: () => number, track: FoldedTrack): FoldedTrack =>
  random() < 0.3 ? unpackFoldedTrack(packFoldedTrack(track)) : track

const freezesWhatIsQuiet = (random: () => number, track: FoldedTrack): FoldedTrack => {
  track.warmAtFreeze = 0
  freezeQuiet(forgetsSome(random, track), 1)
  return isPackedNowAndThen(random, track)
}

for (const between of [forgetsSome, isPackedNowAndThen, freezesWhatIsQuiet])
  for (const seed of [1, 2, 3, 4])
    t.test(`a track that ${between.name} makes the same of what it can still take (seed ${seed})`, (t) => {
      const random = randomBy(seed)
      const whole = emptyFoldedTrack('a', 'd', matters)
      let forgetful = emptyFoldedTrack('a', 'd', matters)
      const statements = longTrack(120)
      const known: TrackStatement[] = []
      let [forgotten, refused, frozen] = [0, 0, 0]
      while (statements.length > 0) {
        const added = statements.splice(0, 1 + Math.floor(random() * 5))
        // now and then one comes in late
        const [late] = random() < 0.2 ? added.splice(0, 1) : []
        if (late) statements.splice(Math.floor(random() ** 3 * 200), 0, late)
        const target = known[Math.floor(known.length * (1 - random() ** 2 * 0.5))]
        const changed = new Map(target && random() < 0.3 ? [[target.id, changedBy(random, target)]] : [])
        const dirty = dirtyWith(added, changed)
        if (reachesForgotten(forgetful, dirty)) {
          refused++
          // what does not reach back is taken all the same
          statements.unshift(...added.filter((one) => isRecent(forgetful, one)))
          continue
        }
        t.strictSame(folded(forgetful, dirty), folded(whole, dirty))
        for (const [id, statement] of changed) known.splice(indexOf(known, id), 1, ...(statement ? [statement] : []))
        known.push(...added)
        const before = forgetful.items.size
        forgetful = between(random, forgetful)
        forgotten += before - forgetful.items.size
        frozen += positionCounts(forgetful.track).frozen
      }
      t.strictSame([...forgetful.positions.keys()].sort(), [...whole.positions.keys()].sort())
      t.ok(forgotten > 300, `${forgotten} statements were forgotten`)
      if (between === freezesWhatIsQuiet) t.ok(frozen > 300, `${frozen} times a position was frozen`)
      t.ok(refused > 5, `${refused} batches reached back to them`)
      t.end()
    })

t.test('a cache holds a bounded number of statements of a track, however long it is', (t) => {
  const cache = new TrackCache({ statementsMax: 1_200, packedBytesMax: 0 })
  const statements = longTrack(200)
  let track = emptyFoldedTrack('a', 'd', matters)
  for (const statement of statements) {
    folded(track, dirtyWith([statement]))
    cache.set(track, 1)
    const kept = cache.take(trackKey('a', 'd'))
    if (kept === undefined) throw new Error('the only track was dropped')
    track = kept
  }
  t.ok(statements.length > 1_000, `${statements.length} statements`)
  t.equal(statementCountOf(track), statements.length)
  t.ok(track.items.size < 400, `${track.items.size} are held`)
  t.ok(track.changes.size < 800, `${track.changes.size} changes are held`)
  t.ok(reachesForgotten(track, dirtyWith([], new Map([[statements[0]?.id ?? '', null]]))))
  t.notOk(reachesForgotten(track, dirtyWith([], new Map([[statements.at(-1)?.id ?? '', null]]))))
  t.end()
})

t.test('tracks that find no room are packed, and dropped where they find none so either', (t) => {
  const statements = longTrack(40)
  const heldOf = (packedBytesMax: number) => {
    const cache = new TrackCache({ statementsMax: 300, packedBytesMax })
    const names = Array.from({ length: 12 }, (_, index) => `a${index}`)
    for (const actor of names) {
      const track = emptyFoldedTrack(actor, 'd', matters)
      folded(track, { ...dirtyWith(statements), actor })
      cache.set(track, statements.length)
    }
    return names.map((actor) => cache.take(trackKey(actor, 'd'))).filter((track) => track !== undefined)
  }
  const all = heldOf(10_000_000)
  t.equal(all.length, 12)
  const digests = new Set(all.map(({ digest }) => JSON.stringify(digest)))
  t.equal(digests.size, 12, 'each under its own name')
  t.ok(all.some(({ segments }) => segments.length === 0))
  const some = heldOf(30_000).length
  t.ok(some > 0 && some < 12, `${some} of 12 found room`)
  t.end()
})
