import type { Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { placeStatement, trackActors } from '#libs/ledger/track-input.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import { deflatedJson, inflatedJson } from '../frozen/deflated-json.js'
import { trackKey } from '../tracks/folded-track.js'
import type { TrackName } from '../tracks/load-tracks.js'

export interface TrackToFold extends TrackName {
  readonly statements: readonly TrackStatement[]
}

/** Statements by the tracks that they feed. Of a million, all but some are deflated until their track's turn has come. */
export class TracksToFold {
  readonly #tracks = new Map<string, GatheredTrack>()
  #warmCount = 0

  /** @param warmMax  how many statements are kept as objects */
  constructor(
    readonly registry: Registry,
    readonly warmMax: number,
  ) {}

  enter(state: StatementState): void {
    for (const actor of trackActors(state, this.registry)) {
      const placed = placeStatement(state, this.registry, actor)
      if (placed.counts !== 'yes') continue
      this.#trackOf({ actor, dossier: state.dossier }).warm.push(placed.statement)
      this.#warmCount++
    }
    if (this.#warmCount > this.warmMax) this.#freeze()
  }

  /** Takes the tracks, one after the other, the statements of each in the order in which they were entered. */
  *take(): Generator<TrackToFold> {
    for (const [key, { name, frozen, warm }] of this.#tracks) {
      this.#tracks.delete(key)
      yield { ...name, statements: [...frozen.flatMap((piece) => inflatedJson(piece) as TrackStatement[]), ...warm] }
    }
  }

  #trackOf(name: TrackName): GatheredTrack {
    const key = trackKey(name.actor, name.dossier)
    const known = this.#tracks.get(key)
    if (known) return known
    const track: GatheredTrack = { name, frozen: [], warm: [] }
    this.#tracks.set(key, track)
    return track
  }

  #freeze(): void {
    for (const track of this.#tracks.values()) {
      if (track.warm.length === 0) continue
      track.frozen.push(deflatedJson(track.warm))
      track.warm = []
    }
    this.#warmCount = 0
  }
}

interface GatheredTrack {
  readonly name: TrackName
  readonly frozen: Uint8Array[]
  warm: TrackStatement[]
}
