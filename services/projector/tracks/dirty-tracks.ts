import { isDeepStrictEqual } from 'node:util'
import type { Registry } from '#libs/ledger/registry.js'
import { placeStatement, trackActors } from '#libs/ledger/track-input.js'
import type { StatementState } from '#libs/ledger/statement.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import type { ShelvedStatement } from '../statements/statement-shelf.js'
import { trackKey } from './folded-track.js'

/** What a batch does to one track. */
export interface DirtyTrack {
  readonly actor: string
  readonly dossier: string
  /** Statements that it did not hold before, by id. None of them is among those that changed. */
  readonly added: Map<string, TrackStatement>
  /** Statements that it held, as they now are; null where they no longer count. */
  readonly changed: Map<string, TrackStatement | null>
  /** Matters that came into the registry, on which it may have entailed positions. */
  readonly newMatters: Set<string>
  /** The registry moved beneath it: all its statements are placed anew. */
  replaced: boolean
}

export class DirtyTracks {
  readonly #tracks = new Map<string, DirtyTrack>()

  get(actor: string, dossier: string): DirtyTrack {
    const key = trackKey(actor, dossier)
    const known = this.#tracks.get(key)
    if (known) return known
    const track = {
      actor,
      dossier,
      added: new Map(),
      changed: new Map(),
      newMatters: new Set<string>(),
      replaced: false,
    }
    this.#tracks.set(key, track)
    return track
  }

  all(): DirtyTrack[] {
    return [...this.#tracks.values()]
  }

  /** Enters a touched statement on the tracks that it feeds now, and on those that it fed before. */
  enter(statement: ShelvedStatement, registry: Registry): void {
    const { id, state, before, actorsBefore } = statement
    for (const actor of trackActors(state, registry)) {
      const placed = placedOn(state, registry, actor)
      if (placed === null) continue
      const track = this.get(actor, state.dossier)
      if (!actorsBefore.includes(actor)) track.added.set(id, placed)
      else if (before === null || !isDeepStrictEqual(placed, placedOn(before, registry, actor)))
        track.changed.set(id, placed)
      else this.#forgetIfClean(track)
    }
    const still = new Set(trackActors(state, registry))
    for (const actor of actorsBefore)
      if (!still.has(actor)) this.get(actor, (before ?? state).dossier).changed.set(id, null)
  }

  /** Enters a statement that the registry moved: whatever it was placed as before, it is placed anew. */
  enterAnew({ id, state, actorsBefore }: ShelvedStatement, registry: Registry): void {
    const actors = trackActors(state, registry)
    for (const actor of new Set([...actorsBefore, ...actors])) {
      const placed = actors.includes(actor) ? placedOn(state, registry, actor) : null
      const track = this.get(actor, state.dossier)
      if (actorsBefore.includes(actor)) track.changed.set(id, placed)
      else if (placed) track.added.set(id, placed)
    }
  }

  /** More evidence of what is known does not move a track. */
  #forgetIfClean(track: DirtyTrack): void {
    if (track.added.size === 0 && track.changed.size === 0 && !track.replaced)
      this.#tracks.delete(trackKey(track.actor, track.dossier))
  }
}

const placedOn = (state: StatementState, registry: Registry, actor: string): TrackStatement | null => {
  const placed = placeStatement(state, registry, actor)
  return placed.counts === 'yes' ? placed.statement : null
}
