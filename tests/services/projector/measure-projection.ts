import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { registryRecords, statementRecords } from '#tests/bench/events/bench-events.js'
import { decodeRecord } from '#services/projector/records/decode-record.js'
import { openTestProjector } from './project-log.js'
import { watchBackend } from './postgres-cpu.js'
import { Log, partitionOf } from './records.js'

/**
 * Prints what it costs to project batches of generated statements into a fresh database, without Kafka: CPU time of this
 * process and of Postgres, statement by statement, since wall time tells little on a machine that others use.
 *   TAP_TIMEOUT=300 node --max-semi-space-size=64 dist/tests/services/projector/measure-projection.js [events] [records a batch]
 */
const count = Number(process.argv[2] ?? 100_000)
const batchSize = Number(process.argv[3] ?? 5_000)
const perEvent = (microseconds: number, events = count): string => (microseconds / events).toFixed(1).padStart(6)
const say = (line: string) => process.stdout.write(`${line}\n`)

const log = new Log()
for (const { key, value } of registryRecords()) log.put('registry', 0, key, value)
const registry = log.records.splice(0)
for (const { key, value } of statementRecords(count)) log.put('statements', partitionOf('statements', key), key, value)
const bytes = log.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
say(`${count} events of ${Math.round(bytes / count)} bytes`)
for (let round = 0; round < 3; round++) {
  const before = process.cpuUsage()
  const records = log.records.slice(0, 20_000)
  for (const record of records) decodeRecord(record, partitionOf)
  say(`reading a record: ${perEvent(process.cpuUsage(before).user, records.length)} us`)
}
{
  await using database = await testDatabase()
  // one statement at a time, so that each can be told what it cost
  await using projector = await openTestProjector(database.config, { pipeline: false })
  await projector.project(registry)
  const backend = await watchBackend(projector.client)
  const start = performance.now()
  let cpu = process.cpuUsage()
  const first = cpu
  let tracks = 0
  for (let from = 0; from < count; from += batchSize) {
    const [report] = await projector.project(log.records.slice(from, from + batchSize))
    tracks += report?.tracksFolded ?? 0
    if ((from / batchSize) % 4 !== 3) continue
    const { user, system } = process.cpuUsage(cpu)
    cpu = process.cpuUsage()
    const resident = Math.round(process.memoryUsage.rss() / 1e6)
    say(`${from + batchSize}: ${perEvent(user + system, 4 * batchSize)} us, ${tracks} tracks, ${resident} MB`)
  }
  const { user, system } = process.cpuUsage(first)
  say(`${Math.round((count / (performance.now() - start)) * 1000)} events/s`)
  say(`this process: ${perEvent(user)} us user, ${perEvent(system)} us system`)
  const costs = backend.costs()
  say(`Postgres:     ${perEvent(costs.reduce((sum, { microseconds }) => sum + microseconds, 0))} us, of which`)
  for (const { statement, microseconds } of costs.slice(0, 16)) say(`  ${perEvent(microseconds)} ${statement}`)
  const counts = await projector.rows(`
    select (select count(*) from ledger.journal) as journal, (select count(*) from outcome) as outcomes,
           (select count(*) from statement) as statements, (select count(*) from track) as tracks,
           (select count(*) from position) as positions, (select count(*) from change) as changes,
           (select count(*) from change where revoked) as revoked, (select count(*) from conflict) as conflicts,
           (select sum(message_count) from ledger.outbox) as messages,
           (select sum(octet_length(messages)) from ledger.outbox) as message_bytes`)
  say(JSON.stringify(counts[0]))
  const digests = await projector.rows(
    `select md5(string_agg(actor || dossier || digest, ',' order by actor, dossier)) as md5 from track`,
  )
  say(JSON.stringify(digests[0]))
}
await dropTemplate()
