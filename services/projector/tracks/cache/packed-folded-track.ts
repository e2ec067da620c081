import { packTrack, unpackTrack, type PackedTrack } from '#libs/ledger/pack-track.js'
import type { ConditionStatus } from '#libs/ledger/conditions.js'
import type { TrackMatters } from '#libs/ledger/track.js'
import { deflatedJson, inflatedJson } from '../../frozen/deflated-json.js'
import { DeflatedTexts } from '../../frozen/deflated-texts.js'
import { emptyFoldedTrack, type DayCount, type FoldedTrack } from '../folded-track.js'
import { forgetAll } from './forget-segments.js'
import type { TrackDigest } from '../row-digest.js'
import { storedRow, type StoredRow } from '../track-rows.js'

/**
 * A folded track that has not moved for a while, as deflated JSON: enough to extend it, in a small part of the memory, and
 * nothing of it that collecting garbage would have to visit. All its segments are forgotten.
 */
export interface PackedFoldedTrack {
  readonly actor: string
  readonly dossier: string
  readonly matters: TrackMatters
  readonly bytes: Uint8Array
}

interface Content {
  readonly track: PackedTrack
  readonly lastDay: string
  readonly statementCount: number
  readonly openConflicts: readonly [id: string, conflict: number, trackOrder: number][]
  readonly changesOfDay: DayCount
  readonly conflictsOfDay: DayCount
  readonly positions: readonly PackedPosition[]
  /** Rows that no segment holds: those that were revoked, and conflicts that are open. */
  readonly changes: readonly PackedRow[]
  readonly conflicts: readonly PackedRow[]
  readonly digest: TrackDigest
}

type PackedRow = [id: string, ...digest: PackedDigest, trackOrder: number, revision: number, revoked: 0 | 1]
type PackedPosition = [
  key: string,
  ...digest: PackedDigest,
  dependsOn: string | null,
  conditionState: ConditionStatus | null,
]
type PackedDigest = [high: number, middle: number, low: number]

/** Forgets all segments of a track and packs it. The track must not be used after it. */
export const packFoldedTrack = (folded: FoldedTrack): PackedFoldedTrack => {
  const { lastDay, statementCount, openConflicts } = forgetAll(folded)
  const placed = [...openConflicts]
  const { packed, places } = packTrack(
    folded.track,
    placed.map(([, { conflict }]) => conflict),
  )
  const content: Content = {
    track: packed,
    lastDay,
    statementCount,
    openConflicts: placed.map(([id, { trackOrder }], index) => [id, places[index] ?? 0, trackOrder]),
    changesOfDay: folded.changesOfDay,
    conflictsOfDay: folded.conflictsOfDay,
    positions: [...folded.positions.entries()].map(([key, { high, middle, low, dependsOn, conditionState }]) => [
      key,
      high,
      middle,
      low,
      dependsOn,
      conditionState,
    ]),
    changes: [...folded.changes].map(packRow),
    conflicts: [...folded.conflicts].map(packRow),
    digest: folded.digest,
  }
  const { actor, dossier, matters } = folded
  return { actor, dossier, matters, bytes: deflatedJson(content) }
}

export const unpackFoldedTrack = ({ actor, dossier, matters, bytes }: PackedFoldedTrack): FoldedTrack => {
  const content = inflatedJson(bytes) as Content
  const { lastDay, statementCount, changesOfDay, conflictsOfDay, digest } = content
  const { track, conflictAt } = unpackTrack(content.track, matters, () => new DeflatedTexts())
  const empty = emptyFoldedTrack(actor, dossier, matters)
  for (const [key, high, middle, low, dependsOn, conditionState] of content.positions)
    empty.positions.set(key, { high, middle, low, dependsOn, held: null, conditionState })
  return {
    ...empty,
    forgotten: {
      lastDay,
      statementCount,
      openConflicts: new Map(
        content.openConflicts.map(([id, place, trackOrder]) => [id, { conflict: conflictAt(place), trackOrder }]),
      ),
    },
    track,
    changesOfDay,
    conflictsOfDay,
    changes: new Map(content.changes.map(unpackRow)),
    conflicts: new Map(content.conflicts.map(unpackRow)),
    digest,
  }
}

const packRow = ([id, { high, middle, low, trackOrder, revision, revoked }]: [string, StoredRow]): PackedRow => [
  id,
  high,
  middle,
  low,
  trackOrder,
  revision,
  revoked ? 1 : 0,
]

const unpackRow = ([id, high, middle, low, trackOrder, revision, revoked]: PackedRow): [string, StoredRow] => [
  id,
  storedRow({ high, middle, low }, { trackOrder, revision, revoked: revoked === 1 }),
]
