import t from 'tap'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { partitionKey, type IncomingRecord } from '#services/projector/records/incoming-record.js'
import { amendedEvents } from './amended-events.js'
import { randomBy } from './generated-events.js'
import { openTestProjector } from './project-log.js'
import { foldedFromStates } from './read-model.js'
import { Log } from './records.js'

t.teardown(dropTemplate)

const WORLD = { actors: 6, dossiers: 8, mattersPerDossier: 5 }
const REGISTRY = 'registry/0'

/** Batches as a projector gets them: pieces of some partitions at a time, so that the registry runs ahead or falls behind. */
function* interleaved(records: readonly IncomingRecord[], seed: number): Generator<IncomingRecord[]> {
  const random = randomBy(seed)
  const queues = new Map<string, IncomingRecord[]>()
  for (const record of records) {
    const key = partitionKey(record)
    queues.set(key, [...(queues.get(key) ?? []), record])
  }
  while (queues.size > 0) {
    const isRegistry = queues.has(REGISTRY) && random() < 0.3
    const others = [...queues.keys()].filter((key) => key !== REGISTRY && random() < 0.6)
    const batch = (isRegistry ? [REGISTRY] : others).flatMap((key) => {
      const queue = queues.get(key) ?? []
      const piece = queue.splice(0, 1 + Math.floor(random() ** 2 * (isRegistry ? 20 : 30)))
      if (queue.length === 0) queues.delete(key)
      return piece
    })
    if (batch.length > 0) yield batch
  }
}

/** With a small cache tracks are packed, or loaded again and again, and forget what they began with. */
const CACHES = [
  { statementsMax: 200, packedBytesMax: 0 },
  { statementsMax: 200_000, packedBytesMax: 0 },
  { statementsMax: 200, packedBytesMax: 10_000_000 },
]

// another seed: node dist/tests/services/projector/interleaved.test.js 17
const seeds = process.argv[2] === undefined ? [1, 2, 3] : [Number(process.argv[2])]
for (const seed of seeds)
  t.test(`partitions in any order give what one fold of all statements gives (seed ${seed})`, async (t) => {
    const log = new Log()
    log.append(...amendedEvents(WORLD, { count: 300, seed }))
    await using database = await testDatabase()
    const cache = CACHES[seed % CACHES.length]
    await using projector = await openTestProjector(database.config, cache && { cache })
    for (const batch of interleaved(log.records, seed)) await projector.project(batch)
    const folded = await foldedFromStates(projector)
    const positions = await projector.rows('select actor, matter, facet, value, statement_id from position')
    t.same(positions.map((row) => Object.values(row).join(' ')).sort(), folded.positions)
    const changes = await projector.rows('select id from change where not revoked')
    t.same(changes.map(({ id }) => id).sort(), [...folded.changes].sort())
  })

/** Everything of a statement but when what was heard. */
const STATEMENTS = `
  select id, actors, hidden, merged_into, applied_records, state
    from statement
   order by id`
const OUTCOMES = `
  select topic, partition, record_offset, outcome, code, missing
    from outcome
   order by topic, partition, record_offset`

t.test('what waits takes effect in the order of the log, whenever what it waits for comes', async (t) => {
  const log = new Log()
  log.append(...amendedEvents({ actors: 12, dossiers: 24, mattersPerDossier: 5 }, { count: 1_800, seed: 42 }))
  const projected = async (batches: Iterable<readonly IncomingRecord[]>) => {
    await using database = await testDatabase()
    await using projector = await openTestProjector(database.config)
    for (const batch of batches) await projector.project(batch)
    return { statements: await projector.rows(STATEMENTS), outcomes: await projector.rows(OUTCOMES) }
  }
  // as a replay does it: the registry is complete before the first statement
  const isRegistry = (record: IncomingRecord) => partitionKey(record) === REGISTRY
  const meant = await projected([log.records.filter(isRegistry), log.records.filter((record) => !isRegistry(record))])
  t.equal(meant.statements.length, 1_800, 'nothing waits for ever')
  for (const seed of [1, 2, 3, 4]) t.same(await projected(interleaved(log.records, seed)), meant, `order ${seed}`)
})
