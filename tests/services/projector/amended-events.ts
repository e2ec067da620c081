import type { EventOf, EventType } from '#libs/contracts/events.js'
import { randomBy, registryEvents, statementEvents, type World } from './generated-events.js'
import { event } from './records.js'

/**
 * Statements and all that can happen to them afterwards, with registry events in between, in an order by the seed: some
 * come before what they refer to.
 */
export const amendedEvents = (world: World, { count, seed }: { count: number; seed: number }): EventOf<EventType>[] => {
  const random = randomBy(seed)
  const below = (n: number) => Math.floor(random() * n)
  const statements = statementEvents(world, { count, seed })
  const registry = registryEvents(world)
  const amendments = statements.flatMap((recorded) => {
    if (recorded.type !== 'ledger.statement.recorded.v1' || random() > 0.35) return []
    return [amendment(recorded as Recorded, statements, random)]
  })
  const upheavals = Array.from({ length: Math.min(Math.ceil(count / 40), UPHEAVALS_MAX) }, (_, n) =>
    upheaval(world, n, random),
  )
  // most of the registry first, so that not everything is pending; the rest anywhere
  const early = new Set(registry.filter(() => random() < 0.8))
  const late = registry.filter((one) => !early.has(one))
  const rest = [...late, ...statements, ...amendments, ...upheavals]
  const [isLate, isStatement] = [new Set(late), new Set(statements)]
  const nearly = rest.map((one, index) => ({ one, at: index + (isLate.has(one) ? 1 : 0) * below(count) }))
  const shuffled = nearly.map(({ one, at }) => ({ one, at: isStatement.has(one) ? at : below(rest.length) }))
  return [...early, ...shuffled.sort((a, b) => a.at - b.at).map(({ one }) => one)]
}

/** Each folds again all that an actor, an office or a dossier ever brought about: with more of them a long run does little else. */
const UPHEAVALS_MAX = 1_000

type Recorded = EventOf<'ledger.statement.recorded.v1'>

const amendment = (
  recorded: Recorded,
  all: readonly EventOf<EventType>[],
  random: () => number,
): EventOf<EventType> => {
  const id = recorded.subject
  const { dossier, evidence } = recorded.data
  const [first] = evidence
  if (first === undefined) throw new Error('a statement has evidence')
  const another = { ...first, report: `${first.report}-b`, said: '2014-12-30', published: '2030-01-01' }
  switch (Math.floor(random() * 6)) {
    case 0:
      return event('ledger.evidence.attached.v1', id, { dossier, evidence: [another] })
    case 1:
      return event('ledger.statement.corrected.v1', id, {
        dossier,
        basedOn: recorded.id,
        coding: { act: 'ASSERT', stances: recorded.data.stances.map((stance) => ({ ...stance, implied: true })) },
        reason: 'misread',
      })
    case 2:
      return event('ledger.statement.retracted.v1', id, {
        dossier,
        evidence: [{ report: 'r', published: '2026-01-01', said: '2025-12-31', fidelity: 'VERBATIM' }],
      })
    case 3:
      return event('ledger.statement.voided.v1', id, { dossier, reason: 'not a statement' })
    case 4:
      return event('ledger.statement.suppressed.v1', id, { dossier, reason: 'a court said so' })
    default: {
      const away = all.find((one) => one.subject !== id && one.partitionkey === dossier)
      return event('ledger.statements.merged.v1', id, { dossier, mergedAway: [away?.subject ?? 'nobody'] })
    }
  }
}

/** Something about the registry that bears on statements recorded before it. */
const upheaval = (world: World, n: number, random: () => number): EventOf<EventType> => {
  const below = (count: number) => Math.floor(random() * count)
  const actor = below(world.actors)
  const dossier = below(world.dossiers)
  switch (n % 6) {
    case 0:
      return event('ledger.office.ended.v1', `office-${actor}-principal`, { until: `20${15 + below(9)}-06-30` })
    case 1:
      return event('ledger.office.revised.v1', `office-${actor}-voice`, { authority: 'SENIOR' })
    case 2:
      return event('ledger.matter.revised.v1', `matter-${dossier}-${below(world.mattersPerDossier)}`, {
        parties: [{ actor: `actor-${actor}`, role: 'RECIPIENT' }],
      })
    case 3:
      return event('ledger.matter.registered.v1', `matter-${dossier}-late-${n}`, {
        dossier: `dossier-${dossier}`,
        title: 'Late',
        broader: [`matter-${dossier}-0`],
      })
    case 4:
      return event('ledger.actors.merged.v1', `actor-${actor}`, { mergedAway: [`actor-${(actor + 1) % world.actors}`] })
    default:
      return event('ledger.actors.unmerged.v1', `actor-${actor}`, {
        separated: [`actor-${(actor + 1) % world.actors}`],
      })
  }
}
