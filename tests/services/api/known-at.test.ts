import type { ChangeResource, ConflictResource, PositionResource } from '#libs/contracts/resources.js'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { event } from '#tests/services/projector/records.js'
import { randomBy, registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, type TestApi } from './test-api.js'

const WORLD = { actors: 4, dossiers: 2, mattersPerDossier: 4 }

/** A clock that lets everything through, so that both sides are folded for the read. */
const NO_END = '&asOf=9000-01-01'

const served = async ({ all }: TestApi, query: string) => {
  const answers: object[] = []
  for (const filter of [...actors.map((actor) => `actor=${actor}`), 'dossier=dossier-0', 'matter=matter-1-0']) {
    answers.push(
      await all<PositionResource>(`/v1/positions?${filter}${query}`),
      await all<ChangeResource>(`/v1/changes?${filter}${query}`),
      await all<ConflictResource>(`/v1/conflicts?${filter}${query}`),
    )
  }
  return answers
}

const actors = Array.from({ length: WORLD.actors }, (_, index) => `actor-${index}`)

type AnyEvent = EventOf<EventType>

/** Registry, statements and amendments, some registered late, so that statements wait for them. */
const shuffledHistory = (seed: number): AnyEvent[] => {
  const random = randomBy(seed)
  const registry: AnyEvent[] = registryEvents(WORLD)
  const statements: AnyEvent[] = statementEvents(WORLD, { count: 60, seed })
  const amendments = statements.flatMap((one) => (random() < 0.8 ? [amendmentOf(one, statements, random)] : []))
  const late = registry.filter(() => random() < 0.15)
  const early = registry.filter((one) => !late.includes(one))
  const rest = [...statements, ...amendments, ...late, ...registryAmendments()]
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
  return [...early, ...rest]
}

const amendmentOf = (recorded: AnyEvent, all: readonly AnyEvent[], random: () => number): AnyEvent => {
  const { subject, id } = recorded
  const { dossier } = recorded.data as { dossier: string }
  const same = all.filter(
    (other) => (other.data as { dossier: string }).dossier === dossier && other.subject !== subject,
  )
  const other = same[Math.floor(random() * same.length)] ?? recorded
  const evidence = [
    { report: 'late', published: '2018-06-01', said: '2018-05', originKey: 'agency', fidelity: 'PARAPHRASE' as const },
  ]
  const kinds: (() => AnyEvent)[] = [
    () => event('ledger.evidence.attached.v1', subject, { dossier, evidence }),
    () =>
      event('ledger.statement.corrected.v1', subject, {
        dossier,
        basedOn: id,
        coding: { onBehalfOf: [{ actor: `actor-${Math.floor(random() * WORLD.actors)}`, capacity: 'OWN' }] },
        reason: 'somebody else',
      }),
    () => event('ledger.statement.retracted.v1', subject, { dossier, evidence }),
    () => event('ledger.statement.voided.v1', subject, { dossier, reason: 'no statement' }),
    () => event('ledger.statements.merged.v1', subject, { dossier, mergedAway: [other.subject] }),
  ]
  return (kinds[Math.floor(random() * kinds.length)] ?? kinds[0])?.() ?? recorded
}

const registryAmendments = (): AnyEvent[] => [
  event('ledger.actors.merged.v1', 'actor-0', { mergedAway: ['actor-1'] }),
  event('ledger.actors.unmerged.v1', 'actor-0', { separated: ['actor-1'] }),
  event('ledger.office.ended.v1', 'office-2-principal', { until: '2019-03-01' }),
  event('ledger.office.revised.v1', 'office-3-voice', { authority: 'SENIOR' }),
  event('ledger.matter.revised.v1', 'matter-0-1', { broader: [] }),
  event('ledger.matter.revised.v1', 'matter-1-2', { parties: [{ actor: 'actor-1', role: 'RECIPIENT' }] }),
]

/**
 * Two ways to one answer: what a ledger that holds everything says was known at an instant, and what a ledger says that
 * holds only what was recorded by then.
 */
t.test('knownAt gives what a ledger knew that had read no further', async (t) => {
  for (const seed of [1, 2]) {
    const events = shuffledHistory(seed)
    const whole = await openTestApi(t)
    await whole.record(...events)
    await whole.reachEnd()
    for (const share of [0.6]) {
      const until = Math.floor(events.length * share)
      const prefix = await openTestApi(t)
      await prefix.record(...events.slice(0, until))
      const knownAt = new Date(whole.log.records[until - 1]?.timestampMs ?? 0).toISOString()
      for (const clocks of ['', '&asOf=2020-01-01', '&publicAt=2019-01-01&asOf=2021-01-01']) {
        const name = `seed ${seed}, ${until} of ${events.length} events${clocks}`
        t.strictSame(await served(whole, `&knownAt=${knownAt}${clocks}`), await served(prefix, clocks || NO_END), name)
      }
    }
  }
})

t.teardown(dropTestTemplate)
