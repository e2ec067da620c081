import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { registryRecords, statementRecords } from '#tests/bench/events/bench-events.js'
import { decodeRecord } from '#services/projector/records/decode-record.js'
import { openTestProjector } from './project-log.js'
import { Log, partitionOf } from './records.js'

/**
 * Prints how fast batches of generated statements are projected into a fresh database, without Kafka.
 *   node dist/tests/services/projector/measure-projection.js [events] [records a batch]
 */
const count = Number(process.argv[2] ?? 100_000)
const batchSize = Number(process.argv[3] ?? 5_000)

const log = new Log()
for (const { key, value } of registryRecords()) log.put('registry', 0, key, value)
const registry = log.records.splice(0)
for (const { key, value } of statementRecords(count)) log.put('statements', partitionOf('statements', key), key, value)
const bytes = log.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
process.stdout.write(`${count} events of ${Math.round(bytes / count)} bytes\n`)
for (let round = 0; round < 3; round++) {
  const before = process.cpuUsage()
  for (const record of log.records.slice(0, 20_000)) decodeRecord(record, partitionOf)
  process.stdout.write(`reading a record costs ${process.cpuUsage(before).user / 20_000} us here\n`)
}
{
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  let start = performance.now()
  await projector.project(registry)
  process.stdout.write(`registry: ${registry.length} events in ${Math.round(performance.now() - start)} ms\n`)
  start = performance.now()
  const cpu = process.cpuUsage()
  let tracks = 0
  for (let from = 0; from < count; from += batchSize) {
    const [report] = await projector.project(log.records.slice(from, from + batchSize))
    tracks += report?.tracksFolded ?? 0
    if ((from / batchSize) % 5 === 4) {
      const rate = Math.round(((from + batchSize) / (performance.now() - start)) * 1000)
      process.stdout.write(
        `${from + batchSize}: ${rate}/s, ${tracks} tracks, ${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`,
      )
    }
  }
  const seconds = (performance.now() - start) / 1000
  const used = process.cpuUsage(cpu)
  process.stdout.write(
    `${Math.round(count / seconds)} events/s; of our own: ${used.user / count} us user, ${used.system / count} us system an event\n`,
  )
  const counts = await projector.rows(`
    select (select count(*) from ledger.journal) as journal, (select count(*) from outcome) as outcomes,
           (select count(*) from statement) as statements, (select count(*) from track) as tracks,
           (select count(*) from position) as positions, (select count(*) from change) as changes,
           (select count(*) from change where revoked) as revoked, (select count(*) from conflict) as conflicts,
           (select sum(message_count) from ledger.outbox) as messages`)
  process.stdout.write(`${JSON.stringify(counts[0])}\n`)
}
await dropTemplate()
