import { createHash } from 'node:crypto'
import { test } from 'tap'
import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent, isStatementEvent } from '#libs/contracts/events.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import { referenceFaults } from '#libs/ledger/check-statement.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { registryRecords, statementRecords } from './bench-events.js'

const COUNT = 30_000
const RECORDED_AT = '2024-06-01T00:00:00.000Z'

test('the registry of the benchmark is applied whole: 200 actors with offices, 500 matters in 50 dossiers', (t) => {
  const registry = loadRegistry()
  t.equal([...registry.actors.values()].filter((actor) => actor.kind === 'STATE').length, 200)
  t.equal(registry.offices.size, 600)
  t.equal(registry.dossiers.size, 50)
  t.equal(registry.matters.size, 500)
  t.equal(registry.pending.length, 0)
  t.end()
})

test('every statement event of the benchmark is valid, refers to what exists, and is applied', (t) => {
  const registry = loadRegistry()
  const states = new Map<string, StatementState>()
  const book = { get: (id: string) => states.get(id), set: (state: StatementState) => void states.set(state.id, state) }
  const outcomes = new Map<string, number>()
  for (const { key, value } of statementRecords(COUNT)) {
    const decoded = decodeEvent(value)
    if (!decoded.ok || !isStatementEvent(decoded.event)) throw new Error(`not valid: ${value}`)
    if (decoded.event.partitionkey !== key) throw new Error(`has another key: ${value}`)
    const faults = referenceFaults(decoded.event.type, decoded.event.data, registry)
    if (faults[0]) throw new Error(`${faults[0].code} ${faults[0].detail}: ${value}`)
    const { outcome } = applyStatementEvent(book, registry, decoded.event, RECORDED_AT)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  t.same([...outcomes], [['applied', COUNT]])
  t.end()
})

test('events are about 650 bytes, of every kind, and skewed: the first tenth of the actors have most of them', (t) => {
  const types = new Map<string, number>()
  const speakers = new Map<string, number>()
  let bytes = 0
  for (const { value } of statementRecords(COUNT)) {
    bytes += Buffer.byteLength(value)
    const event = JSON.parse(value) as { type: string; data: { onBehalfOf?: { actor: string }[] } }
    types.set(event.type, (types.get(event.type) ?? 0) + 1)
    const actor = event.data.onBehalfOf?.[0]?.actor
    if (actor !== undefined) speakers.set(actor, (speakers.get(actor) ?? 0) + 1)
  }
  const counts = [...speakers.values()].sort((a, b) => b - a)
  const share = sum(counts.slice(0, 20)) / sum(counts)
  t.ok(bytes / COUNT > 600 && bytes / COUNT < 720, `${Math.round(bytes / COUNT)} bytes an event`)
  t.equal(types.size, 5)
  t.equal(speakers.size, 200)
  t.ok(share > 0.5 && share < 0.75, `${Math.round(share * 100)} % from twenty actors`)
  t.end()
})

test('only the seed decides, and a longer run begins with a shorter one', (t) => {
  t.equal(digest(statementRecords(2_000)), digest(statementRecords(2_000)))
  t.not(digest(statementRecords(2_000)), digest(statementRecords(2_000, 7)))
  const longer = [...statementRecords(3_000)].slice(0, 2_000)
  t.equal(digest(longer), digest(statementRecords(2_000)))
  t.equal(digest(registryRecords()), digest(registryRecords()))
  t.end()
})

function loadRegistry(): Registry {
  const registry = emptyRegistry()
  for (const { value } of registryRecords()) {
    const decoded = decodeEvent(value)
    if (!decoded.ok || !isRegistryEvent(decoded.event)) throw new Error(`not valid: ${value}`)
    const { outcome } = evolveRegistry(registry, decoded.event, RECORDED_AT, decoded.payloadHash)
    if (outcome !== 'applied') throw new Error(`${outcome}: ${value}`)
  }
  return registry
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function digest(records: Iterable<{ key: string; value: string }>): string {
  const hash = createHash('sha256')
  for (const { key, value } of records) hash.update(`${key}\t${value}\n`)
  return hash.digest('hex')
}
