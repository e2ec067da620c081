import t from 'tap'
import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { RegistryEvent, StatementEvent } from '#libs/contracts/events.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import { TracksToFold } from '#services/projector/replay/tracks-to-fold.js'
import { StatementShelf } from '#services/projector/statements/statement-shelf.js'
import { registryRecords, statementRecords } from '#tests/bench/events/bench-events.js'

const RECORDED_AT = '2026-01-01T00:00:00.000Z'
const EVENTS = 3_000
const EVENTS_A_CHUNK = 50

const registry = emptyRegistry()
for (const { value } of registryRecords()) {
  const event = JSON.parse(value) as RegistryEvent
  evolveRegistry(registry, event, RECORDED_AT, payloadHashOf(event))
}

/** All events applied, one chunk after the other, with no more than so many statements as objects between them. */
const shelfOf = (warmMax: number): StatementShelf => {
  const shelf = new StatementShelf()
  let offset = 0
  for (const { value } of statementRecords(EVENTS)) {
    const outcome = applyStatementEvent(shelf, registry, JSON.parse(value) as StatementEvent, RECORDED_AT)
    if (outcome.outcome === 'applied') shelf.noteApplied(outcome.touched, { topic: 'statements', partition: 0, offset })
    if (++offset % EVENTS_A_CHUNK === 0) shelf.freezeBeyond(warmMax)
  }
  return shelf
}

const takenFrom = (shelf: StatementShelf) => [...shelf.takeTouched(100)].flat()
const byId = <One extends { readonly id: string }>(all: readonly One[]): One[] =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : 1))

t.test('statements that were frozen are amended and taken like those that never were', (t) => {
  const plain = takenFrom(shelfOf(Infinity))
  t.ok(plain.filter(({ appliedRecords }) => appliedRecords.length > 1).length > 20, 'some are amended')
  for (const warmMax of [1, 100, 1_000]) {
    const shelf = shelfOf(warmMax)
    t.equal(shelf.size, plain.length)
    t.same(byId(takenFrom(shelf)), byId(plain), `${warmMax} as objects`)
    t.equal(shelf.size, 0, 'nothing is left behind')
  }
  t.end()
})

t.test('tracks come with the same statements in the same order, however few of them were kept as objects', (t) => {
  const states = byId(takenFrom(shelfOf(Infinity))).map(({ state }) => state)
  const tracksOf = (warmMax: number, of: Registry = registry) => {
    const tracks = new TracksToFold(of, warmMax)
    for (const state of states) tracks.enter(state)
    return [...tracks.take()]
  }
  const plain = tracksOf(Infinity)
  t.ok(plain.some(({ statements }) => statements.length > 20))
  for (const warmMax of [0, 10, 1_000]) t.same(tracksOf(warmMax), plain, `${warmMax} as objects`)
  t.end()
})
