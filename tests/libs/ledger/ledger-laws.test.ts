import fc from 'fast-check'
import { test, type Test } from 'tap'
import type { RegistryEvent, StatementEvent } from '#libs/contracts/events.js'
import type { StatementData } from '#libs/contracts/statement-events.js'
import { evidence, registryEvent, statementData, statementEvent } from './events.js'
import { ledgerInMemory } from './ledger-in-memory.js'

/**
 * Laws of the ledger as a whole, on random dossiers: from events to positions. The laws of the fold alone are in
 * fold-track.properties.test.ts.
 */

const REGISTRY: RegistryEvent[] = [
  ...['irn', 'persia', 'rus', 'p', 'q'].map((id) =>
    registryEvent('ledger.actor.registered.v1', id, { kind: 'STATE', name: id }),
  ),
  registryEvent('ledger.dossier.registered.v1', 'd', { title: 'Dossier' }),
  registryEvent('ledger.office.held.v1', 'p.minister', {
    title: 'Minister',
    holder: 'p',
    actor: 'irn',
    authority: 'SENIOR',
    until: '2022-10-15',
  }),
  registryEvent('ledger.office.held.v1', 'q.president', {
    title: 'President',
    holder: 'q',
    actor: 'irn',
    authority: 'PRINCIPAL',
  }),
  registryEvent('ledger.matter.registered.v1', 'm', {
    dossier: 'd',
    title: 'Arms',
    parties: [
      { actor: 'irn', role: 'SUPPLIER' },
      { actor: 'rus', role: 'RECIPIENT' },
    ],
  }),
  registryEvent('ledger.matter.registered.v1', 'm.uav', {
    dossier: 'd',
    title: 'UAVs',
    broader: ['m'],
    parties: [{ actor: 'irn', role: 'SUPPLIER' }],
  }),
]

const anyDay = fc.integer({ min: 10, max: 20 }).map((day) => `2022-10-${String(day)}`)
const anyEvidence = fc
  .record({ day: anyDay, report: fc.constantFrom('r1', 'r2', 'r3'), dated: fc.boolean() })
  .map(({ day, report, dated }) =>
    evidence({ report, published: `${day}/2022-10-21`, ...(dated ? { said: day } : {}) }),
  )
const anyStatement: fc.Arbitrary<StatementData> = fc
  .record({
    who: fc.constantFrom<Partial<StatementData>>(
      { speaker: 'p', office: 'p.minister' },
      { speaker: 'q', office: 'q.president' },
      { speaker: 'irn' },
    ),
    actor: fc.constantFrom('irn', 'persia', 'rus'),
    capacity: fc.constantFrom('OWN' as const, 'BLOC' as const),
    stance: fc.constantFrom<StatementData['stances'][number]>(
      { matter: 'm', facet: 'FACT', value: 'DENY' },
      { matter: 'm.uav', facet: 'FACT', value: 'ADMIT_PARTIAL', scope: { window: '../2022-02-23' } },
      { matter: 'm.uav', facet: 'FACT', value: 'AFFIRM' },
      { matter: 'm', facet: 'INTENT', value: 'WILL_NOT' },
      { matter: 'm.uav', facet: 'INTENT', value: 'WILL', implied: true },
    ),
    evidence: fc.array(anyEvidence, { minLength: 1, maxLength: 3 }),
  })
  .map(({ who, actor, capacity, stance, evidence }) =>
    statementData({ ...who, onBehalfOf: [{ actor, capacity }], stances: [stance], evidence }),
  )
const anyDossier = fc.array(anyStatement, { minLength: 1, maxLength: 8 })

const recorded = (statements: readonly StatementData[]): StatementEvent[] =>
  statements.map((data, i) => statementEvent('ledger.statement.recorded.v1', `s${String(i)}`, data, `e${String(i)}`))
const foldOf = (events: readonly StatementEvent[], extra: readonly RegistryEvent[] = []) =>
  JSON.stringify(ledgerInMemory([...REGISTRY, ...extra], events).fold())

function law<T>(t: Test, arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean) {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 200 })
  t.pass('held for 200 random dossiers')
  t.end()
}

void test('statements and their evidence may be recorded in any order, and cut as one likes', (t) => {
  // each statement with one report first, the others attached later, all of it shuffled
  const anyRecording = anyDossier.chain((statements) => {
    const events = statements.flatMap((data, i) => [
      statementEvent(
        'ledger.statement.recorded.v1',
        `s${String(i)}`,
        { ...data, evidence: data.evidence.slice(0, 1) },
        `e${String(i)}`,
      ),
      ...data.evidence
        .slice(1)
        .map((one, j) =>
          statementEvent(
            'ledger.evidence.attached.v1',
            `s${String(i)}`,
            { dossier: 'd', evidence: [one] },
            `e${String(i)}.${String(j)}`,
          ),
        ),
    ])
    return fc.tuple(fc.constant(statements), fc.shuffledSubarray(events, { minLength: events.length }))
  })
  law(t, anyRecording, ([statements, events]) => foldOf(events) === foldOf(recorded(statements)))
})

void test('what is voided and recorded anew is as if it had never been voided', (t) => {
  law(t, anyDossier, (statements) => {
    const events = recorded(statements)
    const again = events.flatMap((event, i) => [
      statementEvent(
        'ledger.statement.voided.v1',
        event.subject,
        { dossier: 'd', reason: 'by mistake' },
        `v${String(i)}`,
      ),
      statementEvent(
        'ledger.statement.recorded.v1',
        event.subject,
        statements[i] ?? statementData(),
        `again${String(i)}`,
      ),
    ])
    return foldOf([...events, ...again]) === foldOf(events)
  })
})

void test('actors that are merged and separated again leave everything as it was', (t) => {
  const merged = registryEvent('ledger.actors.merged.v1', 'irn', { mergedAway: ['persia'] })
  const unmerged = registryEvent('ledger.actors.unmerged.v1', 'irn', { separated: ['persia'] })
  law(t, anyDossier, (statements) => foldOf(recorded(statements), [merged, unmerged]) === foldOf(recorded(statements)))
})

void test('what a merged actor said counts as if the survivor had said it', (t) => {
  const merged = registryEvent('ledger.actors.merged.v1', 'irn', { mergedAway: ['persia'] })
  law(t, anyDossier, (statements) => {
    const renamed = statements.map((data) => ({
      ...data,
      onBehalfOf: data.onBehalfOf.map((one) => (one.actor === 'persia' ? { ...one, actor: 'irn' } : one)),
    }))
    return foldOf(recorded(statements), [merged]) === foldOf(recorded(renamed))
  })
})

void test('as of a day after the last, public on a day after the last: the positions of today', (t) => {
  law(t, anyDossier, (statements) => {
    const ledger = ledgerInMemory(REGISTRY, recorded(statements))
    const today = JSON.stringify(ledger.fold())
    return (
      JSON.stringify(ledger.fold({ asOf: '2022-10-21' })) === today &&
      JSON.stringify(ledger.fold({ publicAt: '2022-10-21' })) === today &&
      JSON.stringify(ledger.fold({ asOf: '2022-10-21', publicAt: '2022-10-21' })) === today
    )
  })
})

void test('what is not yet said changes nothing as of a day before it', (t) => {
  law(t, fc.tuple(anyDossier, anyStatement), ([statements, later]) => {
    const future = { ...later, evidence: [evidence({ said: '2022-12-01', published: '2022-12-01' })] }
    const before = ledgerInMemory(REGISTRY, recorded(statements)).fold({ asOf: '2022-10-21' })
    const after = ledgerInMemory(REGISTRY, recorded([...statements, future])).fold({ asOf: '2022-10-21' })
    return Object.entries(before).every(([actor, fold]) => JSON.stringify(after[actor]) === JSON.stringify(fold))
  })
})
