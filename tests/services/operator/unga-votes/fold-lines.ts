import { createEvent, decodeEvent, encodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent, isStatementEvent } from '#libs/contracts/events.js'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { referenceFaults } from '#libs/ledger/check-statement.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import { emptyRegistry } from '#libs/ledger/registry.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackActors, trackInput } from '#libs/ledger/track-input.js'
import type { TrackFold } from '#libs/ledger/track.js'
import type { Line } from '#services/operator/unga-votes/series-lines.js'

const RECORDED_AT = '2024-01-01T00:00:00.000Z'

/** A line as it comes back from its topic. @throws Error where intake would refuse it */
export function eventOfLine(line: Line): LedgerEvent {
  const event = createEvent({
    ...(line as { type: LedgerEvent['type']; subject: string; data: never }),
    id: `${line.type}/${line.subject}`.slice(0, 200),
    recordedBy: 'test',
    time: new Date(RECORDED_AT),
    source: '/test',
  })
  const decoded = decodeEvent(encodeEvent(event as LedgerEvent))
  if (!decoded.ok) throw new Error(`${line.type} ${line.subject}: ${decoded.detail} ${decoded.pointer ?? ''}`)
  return decoded.event
}

/** What a dossier's lines fold to, by actor. @throws Error where a line is not applied at once */
export function foldLines(lines: readonly Line[], dossier: string): Map<string, TrackFold> {
  const registry = emptyRegistry()
  const book = new Map<string, StatementState>()
  const statements = {
    get: (id: string) => book.get(id),
    set: (state: StatementState) => void book.set(state.id, state),
  }
  for (const event of lines.map(eventOfLine)) {
    if (isStatementEvent(event)) {
      const fault = referenceFaults(event.type, event.data, registry)[0]
      if (fault) throw new Error(`${event.subject}: ${fault.code} ${fault.detail}`)
    }
    const applied = isRegistryEvent(event)
      ? evolveRegistry(registry, event, RECORDED_AT, event.id)
      : isStatementEvent(event)
        ? applyStatementEvent(statements, registry, event, RECORDED_AT)
        : { outcome: 'applied' }
    if (applied.outcome !== 'applied') throw new Error(`${event.type} ${event.subject}: ${JSON.stringify(applied)}`)
  }
  const states = [...book.values()]
  const actors = new Set(states.flatMap((state) => trackActors(state, registry)))
  const byActor = new Map([...actors].map((actor) => [actor, [] as StatementState[]]))
  for (const state of states) for (const actor of trackActors(state, registry)) byActor.get(actor)?.push(state)
  return new Map(
    [...byActor].map(([actor, of]) => [
      actor,
      foldTrack(trackInput(of, registry, actor).statements, trackMatters(registry, dossier, actor)),
    ]),
  )
}
