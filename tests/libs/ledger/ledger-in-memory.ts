import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { RegistryEvent, StatementEvent } from '#libs/contracts/events.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import { applyStatementEvent, statementsNamedBy } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackActors, trackInput, type Clocks } from '#libs/ledger/track-input.js'
import type { TrackFold } from '#libs/ledger/track.js'

const RECORDED_AT = '2026-01-01T00:00:00.000Z'

export interface LedgerInMemory {
  readonly registry: Registry
  readonly states: ReadonlyMap<string, StatementState>
  /** Folds every track of a dossier (`d`, unless told otherwise), by actor. */
  fold(clocks?: Clocks, dossier?: string): Record<string, TrackFold>
}

/** The whole ledger as pure functions: the reducers and the fold, with nothing between them but a map. */
export function ledgerInMemory(
  registryEvents: readonly RegistryEvent[],
  statementEvents: readonly StatementEvent[],
): LedgerInMemory {
  const registry = emptyRegistry()
  for (const event of registryEvents) evolveRegistry(registry, event, RECORDED_AT, payloadHashOf(event))
  const states = new Map<string, StatementState>()
  applyInOrder(states, registry, statementEvents)
  return { registry, states, fold: (clocks, dossier) => foldAll(states, registry, clocks, dossier) }
}

/** Each pass applies what can be applied; what is behind a blocked event of its statement waits. Ends when nothing moves. */
function applyInOrder(
  states: Map<string, StatementState>,
  registry: Registry,
  events: readonly StatementEvent[],
): void {
  const book = { get: (id: string) => states.get(id), set: (state: StatementState) => void states.set(state.id, state) }
  let waiting = [...events]
  for (let before = Infinity; waiting.length < before;) {
    before = waiting.length
    const blocked = new Set<string>()
    waiting = waiting.filter((event) => {
      const names = statementsNamedBy(event)
      // a statement that is not there yet blocks nobody but itself: what records it may come after
      const waits =
        names.some((id) => blocked.has(id)) && event.type !== 'ledger.statement.recorded.v1'
          ? true
          : applyStatementEvent(book, registry, event, RECORDED_AT).outcome === 'pending'
      if (waits) for (const id of names) blocked.add(id)
      return waits
    })
  }
}

function foldAll(
  states: ReadonlyMap<string, StatementState>,
  registry: Registry,
  clocks: Clocks = {},
  dossier = 'd',
): Record<string, TrackFold> {
  const all = [...states.values()].filter((state) => state.dossier === dossier)
  const actors = new Set(all.flatMap((state) => trackActors(state, registry)))
  return Object.fromEntries(
    [...actors]
      .sort()
      .map((actor) => [
        actor,
        foldTrack(trackInput(all, registry, actor, clocks).statements, trackMatters(registry, dossier, actor)),
      ]),
  )
}
