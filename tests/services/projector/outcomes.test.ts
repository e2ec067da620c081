import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import type { IncomingRecord } from '#services/projector/records/incoming-record.js'
import { openTestProjector, type TestProjector } from './project-log.js'
import { event, Log, partitionOf } from './records.js'
import { decision, evidence, smallRegistry, statement } from './world.js'

t.teardown(dropTemplate)

const WAR = partitionOf('statements', 'war')

/** A projector with the small registry projected, and the log that it reads. */
const withRegistry = async (t: Test, work: (projector: TestProjector, log: Log) => Promise<void>): Promise<void> => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry()))
  await work(projector, log)
  t.same(await projector.rows('select count(*)::int as n from ledger.journal'), [{ n: log.records.length }])
}

const outcomes = async (projector: TestProjector, records: readonly IncomingRecord[]): Promise<string[]> => {
  const found: string[] = []
  for (const { topic, partition, offset } of records) {
    const [row] = await projector.rows(
      'select outcome, code from record_outcome where topic = $1 and partition = $2 and record_offset = $3',
      [topic, partition, offset],
    )
    found.push(row ? [row.outcome, row.code].filter(Boolean).join(' ') : 'none')
  }
  return found
}

const positions = (projector: TestProjector) =>
  projector.rows(`select matter, value, statement_id from position where actor = 'irn' order by matter`)

t.test('a statement is applied: its position, change, entailed position and outbox messages follow', (t) =>
  withRegistry(t, async (projector, log) => {
    const records = log.append(statement('s1'), statement('s2', { day: '2022-11-05', value: 'ADMIT_PARTIAL' }))
    await projector.project(records)
    t.same(await outcomes(projector, records), ['applied', 'applied'])
    t.same(await positions(projector), [
      { matter: 'irn-rus', value: 'ADMIT_PARTIAL', statement_id: 's2' },
      { matter: 'irn-rus.uav', value: 'ADMIT_PARTIAL', statement_id: 's2' },
    ])
    t.same(await projector.rows('select kind, track_order, revision from change order by valid_from'), [
      { kind: 'INITIAL', track_order: 1, revision: 1 },
      { kind: 'REVERSAL', track_order: 1, revision: 1 },
    ])
    t.same(await projector.rows('select topic, message_count from ledger.outbox order by id'), [
      { topic: 'positions', message_count: 2 },
      { topic: 'changes', message_count: 2 },
    ])
    t.same(await projector.rows('select applied_records from statement where id = $1', ['s1']), [
      { applied_records: [`${WAR}.0`] },
    ])
  }),
)

t.test('the same event again is a duplicate, within a batch and across batches; another payload is a reused id', (t) =>
  withRegistry(t, async (projector, log) => {
    const first = statement('s1', { eventId: 'e1' })
    const within = log.append(first, first)
    await projector.project(within)
    const later = log.append(first, statement('s2', { eventId: 'e1' }), { ...first, id: 'e2' })
    await projector.project(later)
    t.same(await outcomes(projector, within), ['applied', 'duplicate'])
    t.same(await outcomes(projector, later), ['duplicate', 'quarantined ID_REUSED', 'quarantined ALREADY_RECORDED'])
    t.same(await projector.rows('select id from statement'), [{ id: 's1' }])
  }),
)

t.test('what refers to what has not come is pending, and applied when it comes', (t) =>
  withRegistry(t, async (projector, log) => {
    const pending = log.append(
      statement('s1', { onBehalfOf: [{ actor: 'prk', capacity: 'OWN' }] }),
      evidence('s1', '2022-10-18'),
      statement('s2'),
      evidence('s3', '2022-10-18'),
      evidence('s3', '2022-10-19'),
    )
    await projector.project(pending)
    t.same(await outcomes(projector, pending), ['pending', 'waiting', 'applied', 'pending', 'waiting'])
    t.same(await projector.rows(`select missing from outcome where outcome = 'pending' order by record_offset`), [
      { missing: ['actor:prk'] },
      { missing: ['statement:s3'] },
    ])
    await projector.project(log.append(event('ledger.actor.registered.v1', 'prk', { kind: 'STATE', name: 'Korea' })))
    await projector.project(log.append(statement('s3')))
    t.same(await outcomes(projector, pending), ['applied', 'applied', 'applied', 'applied', 'applied'])
    t.same(await projector.rows('select count(*)::int as n from outcome'), [{ n: 0 }])
    const [row] = await projector.rows(`select applied_records from statement where id = 's3'`)
    t.same(row, { applied_records: [`${WAR}.5`, `${WAR}.3`, `${WAR}.4`] })
    t.same(await projector.rows(`select actor, value from position where actor = 'prk' and matter = 'irn-rus.uav'`), [
      { actor: 'prk', value: 'DENY' },
    ])
  }),
)

t.test('registry events that wait for one another are applied in their order', (t) =>
  withRegistry(t, async (projector, log) => {
    const records = log.append(
      event('ledger.matter.registered.v1', 'm', { dossier: 'late', title: 'M' }),
      event('ledger.matter.revised.v1', 'm', { title: 'M2' }),
      event('ledger.actor.registered.v1', 'irn', { kind: 'STATE', name: 'Iran again' }),
    )
    await projector.project(records.slice(0, 2))
    t.same(await outcomes(projector, records.slice(0, 2)), ['pending', 'pending'])
    await projector.project(records.slice(2))
    await projector.project(log.append(event('ledger.dossier.registered.v1', 'late', { title: 'Late' })))
    t.same(await outcomes(projector, records), ['applied', 'applied', 'quarantined ALREADY_REGISTERED'])
    t.same(await projector.rows(`select dossier, body::json->>'title' as title from registry_entity where id = 'm'`), [
      { dossier: 'late', title: 'M2' },
    ])
  }),
)

t.test('a correction on a stale base is not applied, and says so', (t) =>
  withRegistry(t, async (projector, log) => {
    const corrected = (basedOn: string, value: 'AFFIRM' | 'DENY') =>
      event('ledger.statement.corrected.v1', 's1', {
        dossier: 'war',
        basedOn,
        coding: { stances: [{ matter: 'irn-rus.uav', facet: 'FACT', value }] },
        reason: 'misread',
      })
    const records = log.append(
      statement('s1', { eventId: 'base' }),
      corrected('base', 'AFFIRM'),
      corrected('base', 'DENY'),
    )
    await projector.project(records)
    t.same(await outcomes(projector, records), ['applied', 'applied', 'stale'])
    t.match(await positions(projector), [{ value: 'AFFIRM' }, { value: 'AFFIRM' }])
  }),
)

t.test('every kind of bad record gets an outcome, and the others of its batch are applied', (t) =>
  withRegistry(t, async (projector, log) => {
    const key = 'war'
    const bad = (value: string | Buffer | null) => log.put('statements', WAR, key, value)
    const good = encodeEvent(statement('x'))
    const records = [
      bad('{"no json'),
      bad(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
      bad(good.replace('"subject":"x"', '"subject":"x","subject":"x"')),
      bad(good.replace('"act":"DENY"', '"act":"DE\\u0000NY"')),
      bad(good.replace('"act":"DENY"', '"act":"\\ud800"')),
      bad(good.replace('statement.recorded.v1', 'statement.recorded.v9')),
      bad(good.replace('"act":"DENY"', '"act":"SHRUG"')),
      bad(null),
      bad(`{"padding":"${'x'.repeat(300_000)}"}`),
      log.put('statements', (WAR + 1) % 12, key, encodeEvent(statement('wrong-partition'))),
      log.put('reports', 0, 'war', encodeEvent(statement('wrong-topic'))),
      log.put('statements', WAR, 'other-key', encodeEvent(statement('wrong-key'))),
      log.put('statements', WAR, key, null, { unreadable: 'compressed with zstd' }),
      log.put('statements', WAR, Buffer.from([0xff, 0x00]), Buffer.from('nul \0 in text')),
      bad('nul \0 in text'),
      ...log.append(statement('fine')),
    ]
    await projector.project(records)
    t.same(await outcomes(projector, records), [
      'quarantined JSON_INVALID',
      'quarantined JSON_INVALID',
      'quarantined JSON_DUPLICATE_KEY',
      'quarantined JSON_NUL',
      'quarantined JSON_LONE_SURROGATE',
      'quarantined EVENT_TYPE_UNKNOWN',
      'quarantined EVENT_INVALID',
      'quarantined RECORD_EMPTY',
      'quarantined RECORD_TOO_LARGE',
      'quarantined PARTITION_WRONG',
      'quarantined TOPIC_WRONG',
      'quarantined EVENT_INVALID',
      'quarantined RECORD_UNREADABLE',
      'quarantined JSON_INVALID',
      'quarantined JSON_INVALID',
      'applied',
    ])
    const hashes = await projector.rows(
      `select encode(sha256(coalesce(raw_value, convert_to(record_value, 'UTF8'))), 'hex') as hash
         from ledger.journal where topic = 'statements' and partition = $1 order by record_offset`,
      [WAR],
    )
    t.same(
      hashes.map(({ hash }) => hash),
      log.records
        .filter(({ topic, partition }) => topic === 'statements' && partition === WAR)
        .map(({ value }) => value && createHash('sha256').update(value).digest('hex')),
      'the journal holds every byte',
    )
  }),
)

t.test('later events of a statement wait behind a quarantined one until it is dismissed; others do not', (t) =>
  withRegistry(t, async (projector, log) => {
    const poison = log.put(
      'statements',
      WAR,
      'war',
      encodeEvent(statement('s1')).replace('"act":"DENY"', '"act":"SHRUG"'),
    )
    const later = log.append(statement('s1'), evidence('s1', '2022-10-18'), statement('s2'))
    await projector.project([poison, ...later])
    t.same(await outcomes(projector, later), ['waiting', 'waiting', 'applied'])
    await projector.project(log.append(decision('dismissed', { ...poison, topic: 'ledger.statements.v1' })))
    t.same(await outcomes(projector, [poison, ...later]), ['dismissed EVENT_INVALID', 'applied', 'applied', 'applied'])
  }),
)

t.test('a release waives the wrong partition, also where it was decided before the record came by', (t) =>
  withRegistry(t, async (projector, log) => {
    const elsewhere = (WAR + 1) % 12
    const stray = log.put('statements', elsewhere, 'war', encodeEvent(statement('s1')))
    await projector.project([stray])
    t.same(await outcomes(projector, [stray]), ['quarantined PARTITION_WRONG'])
    await projector.project(log.append(decision('released', { ...stray, topic: 'statements' })))
    await projector.project(log.append(decision('released', { topic: 'statements', partition: elsewhere, offset: 1 })))
    const second = log.put(
      'statements',
      elsewhere,
      'war',
      encodeEvent(statement('s2', { value: 'AFFIRM', day: '2022-11-01' })),
    )
    await projector.project([second])
    t.same(await outcomes(projector, [stray, second]), ['applied', 'applied'])
    t.match(await positions(projector), [{ value: 'AFFIRM' }, { value: 'AFFIRM', statement_id: 's2' }])
    // what others hold in memory of these tracks was dropped by them both times
    t.same(await projector.rows('select epoch from ledger.generation'), [{ epoch: 2 }])
  }),
)

t.test('reports are kept as they are revised, whichever comes first', (t) =>
  withRegistry(t, async (projector, log) => {
    const records = log.append(
      event('ledger.report.revised.v1', 'r1', { title: 'Second title' }),
      event('ledger.report.registered.v1', 'r1', { source: 'mehr', published: '2022-10-20', language: 'en' }),
      event('ledger.report.registered.v1', 'r1', { source: 'mehr', published: '2022-10-21', language: 'en' }),
    )
    await projector.project(records.slice(0, 1))
    t.same(await outcomes(projector, records.slice(0, 1)), ['pending'])
    await projector.project(records.slice(1))
    t.same(await outcomes(projector, records), ['applied', 'applied', 'quarantined ALREADY_REGISTERED'])
    t.same(await projector.rows(`select body::json->>'title' as title from registry_entity where kind = 'report'`), [
      { title: 'Second title' },
    ])
  }),
)
