import { LedgerError } from '#libs/contracts/error-codes.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import type { Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackActors, trackInput, type Clocks } from '#libs/ledger/track-input.js'
import type { TrackFold, TrackMatters } from '#libs/ledger/track.js'
import type { ApiReads } from '../route.js'
import type { Snapshot } from '../reads/snapshot.js'
import type { ReadClocks } from './clock-query.js'
import { readKnownStates } from './known-states.js'
import { readCurrentStates, type TrackSelection } from './track-states.js'

/** One track as it stood on the clocks of a read. */
export interface TrackAt {
  readonly actor: string
  readonly dossier: string
  readonly matters: TrackMatters
  readonly fold: TrackFold
  /** Statements that may or may not have been made by `asOf`. */
  readonly possible: readonly StatementState[]
  /** In which office each statement was said; undefined where in none. */
  readonly officeOf: ReadonlyMap<string, string | undefined>
}

/** Opens the registry that a read with clocks sees. @throws LedgerError KNOWN_AT_BEHIND */
export const registryAt = async (
  { registry, coveredInstants }: ApiReads,
  snapshot: Snapshot,
  { knownAt }: ReadClocks,
): Promise<Registry> => {
  if (knownAt === undefined) return registry.at(snapshot)
  await coveredInstants.refuseIfBehind(snapshot, knownAt)
  return registry.knownAt(snapshot, knownAt)
}

/**
 * Folds tracks on the clocks of a read, with the same fold as the projector's (docs/design.md 4, 6).
 * @param then the registry of `registryAt`
 * @param pinned whether the answer is to stay the same for ever: then what was taken down since is not left out in silence
 * @throws LedgerError RESULT_TOO_LARGE; SUPPRESSED
 */
export const foldAt = async (
  apiReads: ApiReads,
  snapshot: Snapshot,
  then: Registry,
  clocks: ReadClocks,
  selection: TrackSelection,
  pinned: boolean,
): Promise<TrackAt[]> => {
  const { knownAt, asOf, publicAt } = clocks
  const { states, suppressedSince } =
    knownAt === undefined
      ? await readCurrentStates(snapshot, selection, publicAt, apiReads.states)
      : await readKnownStates(snapshot, apiReads, knownAt, await registriesOf(apiReads, snapshot, then), selection)
  const tracks = tracksOf(states, then, selection)
  if (pinned) refuseSuppressed(tracksOf(suppressedSince, then, selection), then, { asOf, publicAt })
  return tracks.map(({ actor, dossier, states: track }) => {
    const matters = trackMatters(then, dossier, actor)
    const { statements, possible } = trackInput(track, then, actor, { asOf, publicAt })
    const mayBe = new Set(possible)
    return {
      actor,
      dossier,
      matters,
      fold: foldTrack(statements, matters),
      possible: track.filter(({ id }) => mayBe.has(id)),
      officeOf: new Map(track.map(({ id, coding }) => [id, coding.office])),
    }
  })
}

/** @throws LedgerError SUPPRESSED if any of these statements would count, or be listed as possible */
const refuseSuppressed = (tracks: readonly TrackStates[], registry: Registry, clocks: Clocks): void => {
  for (const { actor, states } of tracks) {
    const { statements, possible } = trackInput(states, registry, actor, clocks)
    if (statements.length > 0 || possible.length > 0) throw new LedgerError('SUPPRESSED')
  }
}

const registriesOf = async ({ registry }: ApiReads, snapshot: Snapshot, then: Registry) => ({
  then,
  now: await registry.at(snapshot),
})

interface TrackStates {
  readonly actor: string
  readonly dossier: string
  readonly states: StatementState[]
}

/** Statements by track, tracks by actor, then dossier; each statement in every track that it feeds. */
const tracksOf = (states: readonly StatementState[], registry: Registry, { actor }: TrackSelection): TrackStates[] => {
  const tracks = new Map<string, TrackStates>()
  for (const state of states)
    for (const fed of trackActors(state, registry)) {
      if (actor !== undefined && fed !== actor) continue
      const key = `${fed} ${state.dossier}`
      const track = tracks.get(key)
      if (track) track.states.push(state)
      else tracks.set(key, { actor: fed, dossier: state.dossier, states: [state] })
    }
  return [...tracks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, track]) => track)
}
