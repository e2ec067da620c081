import { test } from 'tap'
import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { EventOf, StatementEventType } from '#libs/contracts/events.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { datesOf, placeStatement, trackActors, trackInput } from '#libs/ledger/track-input.js'
import { evidence, registryEvent, statementData, statementEvent } from './events.js'

function registryWith(...extra: Parameters<typeof registryEvent>[]): Registry {
  const registry = emptyRegistry()
  const base: Parameters<typeof registryEvent>[] = [
    ['ledger.actor.registered.v1', 'irn', { kind: 'STATE', name: 'Iran' }],
    ['ledger.actor.registered.v1', 'fm', { kind: 'PERSON', name: 'Foreign Minister' }],
    ['ledger.dossier.registered.v1', 'd', { title: 'Dossier' }],
    ['ledger.matter.registered.v1', 'm', { dossier: 'd', title: 'Matter' }],
  ]
  for (const told of [...base, ...extra]) {
    const event = registryEvent(...told)
    evolveRegistry(registry, event, '2026-01-01T00:00:00.000Z', payloadHashOf(event))
  }
  return registry
}

/** A small ledger in memory: tell it events, look at what they did. */
function ledger(registry = registryWith()) {
  const states = new Map<string, StatementState>()
  const book = { get: (id: string) => states.get(id), set: (s: StatementState) => void states.set(s.id, s) }
  let second = 0
  return {
    tell<T extends StatementEventType>(type: T, subject: string, data: EventOf<T>['data'], id?: string) {
      const at = `2026-01-01T00:00:${String(second++).padStart(2, '0')}.000Z`
      return applyStatementEvent(book, registry, statementEvent(type, subject, data, id), at)
    },
    state: (id: string) => states.get(id)!,
    states,
    registry,
  }
}

test('a recorded statement feeds the track of those it speaks for', (t) => {
  const l = ledger()
  t.match(l.tell('ledger.statement.recorded.v1', 's1', statementData()), { outcome: 'applied', touched: ['s1'] })
  t.same(trackActors(l.state('s1'), l.registry), ['irn'])
  t.match(l.tell('ledger.statement.recorded.v1', 's1', statementData({ act: 'ASSERT' })), { code: 'ALREADY_RECORDED' })
  t.end()
})

test('what it refers to may come later', (t) => {
  const l = ledger()
  t.match(l.tell('ledger.statement.recorded.v1', 's1', statementData({ speaker: 'nobody', office: 'none' })), {
    outcome: 'pending',
    missing: ['actor:nobody', 'office:none'],
  })
  t.match(l.tell('ledger.evidence.attached.v1', 's9', { dossier: 'd', evidence: [evidence()] }), {
    outcome: 'pending',
    missing: ['statement:s9'],
  })
  t.end()
})

test('evidence in any order leaves the same state, and repeats of it add nothing', (t) => {
  const first = ledger()
  const other = ledger()
  const a = evidence({ report: 'r2', said: '2022-10-18' })
  const b = evidence({ report: 'r3', said: '2022-10-19' })
  first.tell('ledger.statement.recorded.v1', 's1', statementData())
  other.tell('ledger.statement.recorded.v1', 's1', statementData())
  for (const one of [a, b, a]) first.tell('ledger.evidence.attached.v1', 's1', { dossier: 'd', evidence: [one] })
  other.tell('ledger.evidence.attached.v1', 's1', { dossier: 'd', evidence: [b, a] })
  t.same(first.state('s1').evidence, other.state('s1').evidence)
  t.same(datesOf(first.state('s1').evidence, undefined), {
    said: { earliest: '2022-10-18', latest: '2022-10-19' },
    disputed: true,
    published: { earliest: '2022-10-20', latest: '2022-10-20' },
  })
  t.end()
})

test('a correction names its base; on a stale base it is not applied', (t) => {
  const l = ledger()
  l.tell('ledger.statement.recorded.v1', 's1', statementData(), 'e1')
  const correction = (basedOn: string) => ({
    dossier: 'd',
    basedOn,
    coding: { act: 'REFUSE' as const },
    reason: 'misread',
  })
  t.match(l.tell('ledger.statement.corrected.v1', 's1', correction('e1'), 'e2'), { outcome: 'applied' })
  t.equal(l.state('s1').coding.act, 'REFUSE')
  t.match(l.tell('ledger.statement.corrected.v1', 's1', correction('e1'), 'e3'), { outcome: 'stale' })
  l.tell('ledger.evidence.attached.v1', 's1', { dossier: 'd', evidence: [evidence({ report: 'r2' })] })
  t.match(
    l.tell('ledger.statement.corrected.v1', 's1', correction('e2'), 'e4'),
    { outcome: 'applied' },
    'evidence does not move the base',
  )
  t.end()
})

test('a correction can replace and drop evidence, but not the last of it', (t) => {
  const l = ledger()
  l.tell(
    'ledger.statement.recorded.v1',
    's1',
    statementData({ evidence: [evidence(), evidence({ report: 'r2' })] }),
    'e1',
  )
  l.tell(
    'ledger.statement.corrected.v1',
    's1',
    { dossier: 'd', basedOn: 'e1', dropEvidence: ['r2'], evidence: [evidence({ quote: 'never' })], reason: 'x' },
    'e2',
  )
  t.match(l.state('s1').evidence, [{ report: 'r1', quote: 'never' }])
  t.match(
    l.tell('ledger.statement.corrected.v1', 's1', { dossier: 'd', basedOn: 'e2', dropEvidence: ['r1'], reason: 'x' }),
    { outcome: 'quarantined', code: 'FIELD_INVALID' },
  )
  t.end()
})

test('statements that are one utterance are merged, and later events reach the survivor', (t) => {
  const l = ledger()
  l.tell('ledger.statement.recorded.v1', 's1', statementData())
  l.tell('ledger.statement.recorded.v1', 's2', statementData({ evidence: [evidence({ report: 'r2' })] }))
  t.match(l.tell('ledger.statements.merged.v1', 's2', { dossier: 'd', mergedAway: ['s1'] }), {
    outcome: 'applied',
    touched: ['s2', 's1'],
  })
  l.tell('ledger.evidence.attached.v1', 's1', { dossier: 'd', evidence: [evidence({ report: 'r3' })] })
  t.same(
    l.state('s2').evidence.map((e) => e.report),
    ['r1', 'r2', 'r3'],
  )
  t.same(trackActors(l.state('s1'), l.registry), [], 'what is merged away no longer counts')
  t.match(l.tell('ledger.statements.merged.v1', 's2', { dossier: 'd', mergedAway: ['s1'] }), { code: 'MERGE_INVALID' })
  t.end()
})

test('what is voided or suppressed feeds no track; what is voided may be recorded anew', (t) => {
  const l = ledger()
  l.tell('ledger.statement.recorded.v1', 's1', statementData())
  l.tell('ledger.statement.voided.v1', 's1', { dossier: 'd', reason: 'wrong person' })
  t.same(trackActors(l.state('s1'), l.registry), [])
  l.tell('ledger.statement.recorded.v1', 's1', statementData({ act: 'ASSERT' }))
  t.same(trackActors(l.state('s1'), l.registry), ['irn'])
  l.tell('ledger.statement.suppressed.v1', 's1', { dossier: 'd', reason: 'court order' })
  t.same(trackActors(l.state('s1'), l.registry), [])
  t.end()
})

test('faulty dates and overlapping stances are quarantined with a pointer', (t) => {
  const l = ledger()
  const late = statementData({ evidence: [evidence({ said: '2022-10-21' })] })
  t.match(l.tell('ledger.statement.recorded.v1', 's1', late), {
    code: 'DATE_AFTER_PUBLICATION',
    pointer: '/data/evidence/0/said',
  })
  const impossible = statementData({ evidence: [evidence({ published: '2022-02-30' })] })
  t.match(l.tell('ledger.statement.recorded.v1', 's1', impossible), {
    code: 'DATE_INVALID',
    pointer: '/data/evidence/0/published',
  })
  const twice = statementData({
    stances: [...statementData().stances, { matter: 'm', facet: 'FACT', value: 'AFFIRM' }],
  })
  t.match(l.tell('ledger.statement.recorded.v1', 's1', twice), { code: 'STANCES_OVERLAP', pointer: '/data/stances/1' })
  t.end()
})

test('asOf and publicAt decide what counts, and what only may', (t) => {
  const l = ledger(
    registryWith([
      'ledger.office.held.v1',
      'fm-irn',
      { title: 'FM', holder: 'fm', actor: 'irn', authority: 'PRINCIPAL', until: '2024-05' },
    ]),
  )
  l.tell(
    'ledger.statement.recorded.v1',
    's1',
    statementData({
      speaker: 'fm',
      office: 'fm-irn',
      evidence: [
        evidence({ said: '2022-10-10/2022-10-18' }),
        evidence({ report: 'r0', published: '2022-12-01', said: '2022-10-15' }),
      ],
    }),
  )
  const place = (clocks: object) => placeStatement(l.state('s1'), l.registry, 'irn', clocks)
  t.match(place({}), {
    counts: 'yes',
    statement: {
      authority: 'PRINCIPAL',
      officeUntil: '2024-05-31',
      said: { earliest: '2022-10-15', latest: '2022-10-15' },
    },
  })
  t.match(
    place({ publicAt: '2022-11-01' }),
    { statement: { said: { earliest: '2022-10-10', latest: '2022-10-18' } } },
    'the second report is not out yet',
  )
  t.match(place({ publicAt: '2022-10-19' }), { counts: 'no' })
  t.match(place({ publicAt: '2022-11-01', asOf: '2022-10-12' }), { counts: 'possible' })
  t.match(place({ asOf: '2022-10-12' }), { counts: 'no' })
  t.same(trackInput(l.states.values(), l.registry, 'irn', { publicAt: '2022-11-01', asOf: '2022-10-12' }).possible, [
    's1',
  ])
  t.end()
})
