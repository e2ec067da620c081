import { test } from 'tap'
import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import { canonicalActor, emptyRegistry, resolveActor, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { narrowerOf, roleOf, trackMatters } from '#libs/ledger/registry-matters.js'
import { registryEvent } from './events.js'

type Told = Parameters<typeof registryEvent>
const DAY = '2026-01-01T00:00:00.000Z'

function tell(registry: Registry, ...told: Told) {
  const event = registryEvent(...told)
  return evolveRegistry(registry, event, DAY, payloadHashOf(event))
}
function registryOf(...all: Told[]): Registry {
  const registry = emptyRegistry()
  for (const told of all) tell(registry, ...told)
  return registry
}
const STATE = { kind: 'STATE' as const }
const IRAN: Told = [
  'ledger.actor.registered.v1',
  'irn',
  { ...STATE, name: 'Iran', aliases: ['Tehran', 'Islamic Republic'] },
]
const RUSSIA: Told = ['ledger.actor.registered.v1', 'rus', { ...STATE, name: 'Russia' }]
const DOSSIER: Told = ['ledger.dossier.registered.v1', 'ukraine-war', { title: 'War in Ukraine' }]
const ARMS: Told = [
  'ledger.matter.registered.v1',
  'irn-rus',
  { dossier: 'ukraine-war', title: 'Arms', parties: [{ actor: 'irn', role: 'SUPPLIER' }] },
]

test('an actor is found by id, name and alias, whatever their case, accents and punctuation', (t) => {
  const registry = registryOf(IRAN, ['ledger.actor.aliased.v1', 'irn', { alias: 'Téhéran' }])
  for (const name of ['irn', 'IRAN', 'tehran', 'Islamic-Republic', 'Teheran'])
    t.equal(resolveActor(registry, name), 'irn', name)
  t.equal(resolveActor(registry, 'Russia'), undefined)
  t.end()
})

test('an alias that leads to another actor is refused', (t) => {
  const registry = registryOf(IRAN, RUSSIA)
  t.match(tell(registry, 'ledger.actor.aliased.v1', 'rus', { alias: 'Tehran' }), {
    outcome: 'quarantined',
    code: 'ALIAS_TAKEN',
  })
  t.end()
})

test('actors found to be one are merged, and can be unmerged', (t) => {
  const registry = registryOf(IRAN, RUSSIA, ['ledger.actor.registered.v1', 'persia', { ...STATE, name: 'Persia' }])
  t.match(tell(registry, 'ledger.actors.merged.v1', 'irn', { mergedAway: ['persia'] }), {
    outcome: 'applied',
    touched: { actors: ['irn', 'persia'] },
  })
  t.equal(resolveActor(registry, 'Persia'), 'irn')
  t.match(tell(registry, 'ledger.actors.merged.v1', 'persia', { mergedAway: ['rus'] }), { code: 'MERGE_INVALID' })
  t.match(tell(registry, 'ledger.actors.merged.v1', 'rus', { mergedAway: ['irn'] }), { outcome: 'applied' })
  t.equal(canonicalActor(registry, 'persia'), 'rus', 'merges are followed to the end')
  tell(registry, 'ledger.actors.unmerged.v1', 'rus', { separated: ['irn'] })
  t.equal(canonicalActor(registry, 'persia'), 'irn')
  t.match(tell(registry, 'ledger.actors.unmerged.v1', 'rus', { separated: ['irn'], reason: 'again' }), {
    code: 'MERGE_INVALID',
  })
  t.end()
})

test('what waits behind others names what it waits for once, however many wait', (t) => {
  const registry = emptyRegistry()
  // without that, each would name as much as all before it together: 2 ** 40 in the end
  for (let index = 0; index < 40; index++)
    t.match(tell(registry, 'ledger.actor.aliased.v1', 'irn', { alias: `Name ${index}` }), {
      outcome: 'pending',
      missing: ['actor:irn'],
    })
  t.ok(registry.pending.every(({ missing }) => missing.length === 1))
  const arrived = tell(registry, ...IRAN)
  t.equal(arrived.outcome === 'applied' && arrived.resumed.length, 40, 'what registers it does not wait behind them')
  t.equal(resolveActor(registry, 'Name 39'), 'irn')
  t.end()
})

test('what refers to something that has not come is pending, and takes effect in order when it comes', (t) => {
  const registry = registryOf(IRAN)
  t.match(tell(registry, ...ARMS), { outcome: 'pending', missing: ['dossier:ukraine-war'] })
  t.match(tell(registry, 'ledger.matter.revised.v1', 'irn-rus', { title: 'Later title' }), { outcome: 'pending' })
  const arrival = tell(registry, ...DOSSIER)
  t.match(arrival, {
    outcome: 'applied',
    arrived: ['dossier:ukraine-war', 'matter:irn-rus'],
    touched: { newMatters: ['irn-rus'] },
  })
  t.equal(registry.matters.get('irn-rus')?.title, 'Later title')
  t.equal(registry.pending.length, 0)
  t.end()
})

test('a repeated event is a duplicate, a reused id is not', (t) => {
  const registry = registryOf(IRAN)
  const event = registryEvent(...IRAN)
  t.equal(evolveRegistry(registry, event, DAY, payloadHashOf(event)).outcome, 'duplicate')
  t.match(evolveRegistry(registry, event, DAY, 'another hash'), { outcome: 'quarantined', code: 'ID_REUSED' })
  t.match(tell(registry, 'ledger.actor.registered.v1', 'irn', { ...STATE, name: 'Again' }), {
    code: 'ALREADY_REGISTERED',
  })
  t.end()
})

test('matters form a graph without circles, inside one dossier', (t) => {
  const registry = registryOf(IRAN, DOSSIER, ['ledger.dossier.registered.v1', 'other', { title: 'Other' }], ARMS)
  tell(registry, 'ledger.matter.registered.v1', 'irn-rus.uav', {
    dossier: 'ukraine-war',
    title: 'UAVs',
    broader: ['irn-rus'],
  })
  t.same(narrowerOf(registry, 'irn-rus'), ['irn-rus.uav'])
  t.match(tell(registry, 'ledger.matter.revised.v1', 'irn-rus', { broader: ['irn-rus.uav'] }), { code: 'MATTER_CYCLE' })
  t.match(tell(registry, 'ledger.matter.registered.v1', 'x', { dossier: 'other', title: 'X', broader: ['irn-rus'] }), {
    code: 'MATTER_NOT_IN_DOSSIER',
  })
  t.end()
})

test('a role belongs to the actor that a party was merged into', (t) => {
  const registry = registryOf(IRAN, RUSSIA, DOSSIER, ARMS)
  t.same([roleOf(registry, 'irn-rus', 'irn'), roleOf(registry, 'irn-rus', 'rus')], ['SUPPLIER', 'THIRD'])
  tell(registry, 'ledger.actors.merged.v1', 'rus', { mergedAway: ['irn'] })
  t.equal(roleOf(registry, 'irn-rus', 'rus'), 'SUPPLIER')
  t.same(trackMatters(registry, 'ukraine-war', 'rus').get('irn-rus'), {
    broader: [],
    role: 'SUPPLIER',
    hasParties: true,
  })
  t.end()
})
