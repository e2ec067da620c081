import t from 'tap'
import type { EventOf } from '#libs/contracts/events.js'
import { COPY_NULL, copyArray, copyBytes, CopyRows, copyText } from '#libs/postgres/copy-buffer.js'
import { copyInto } from '#libs/postgres/copy.js'
import { connect, inTransaction } from '#libs/postgres/database.js'
import { liveGeneration } from '#libs/postgres/generation.js'
import { migrate } from '#libs/postgres/migrate.js'
import { fitsTextColumn, textColumn, unnestColumns } from '#libs/postgres/text-columns.js'
import { registryRecords, statementRecords } from '#tests/bench/events/bench-events.js'
import { openTestProjector } from '#tests/services/projector/project-log.js'
import { event, Log, partitionOf } from '#tests/services/projector/records.js'
import { dropTemplate, testDatabase } from './test-database.js'

const options = { applicationName: 'ledger tests', onIdleError: () => undefined }
t.teardown(dropTemplate)

t.test('a migrated database has one live generation, and migrating again does nothing', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, options)
  t.teardown(() => client.end())
  t.match(await liveGeneration(client), { id: 1, schemaName: 'generation_1', status: 'live' })
  t.same(await migrate(client), [])
})

t.test('a generation that is older than the indexes of its template gets them', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, options)
  t.teardown(() => client.end())
  await client.query('drop index generation_1.statement_by_track, generation_1.statement_of_several')
  await client.query(`delete from ledger.migration where name >= '007'`)
  t.same(await migrate(client), [
    '007_statements-of-a-track',
    '008_entries-of-gin-indexes',
    '009_words-of-statements',
    '010_indexes-without-doubles',
  ])
  const { rows } = await client.query(
    `select indexname, indexdef from pg_indexes
      where schemaname = 'generation_1'
        and indexname in ('statement_by_track', 'statement_of_several')
      order by indexname`,
  )
  t.match(rows, [{ indexname: 'statement_by_track' }, { indexdef: /gin_pending_list_limit/ }])
})

t.test('statements of an older generation get their words, as they would be recorded now', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  for (const { key, value } of registryRecords()) log.put('registry', 0, key, value)
  for (const { key, value } of statementRecords(400)) log.put('statements', partitionOf('statements', key), key, value)
  await projector.project(log.records)
  const [first] = statementRecords(1)
  const { data } = JSON.parse(String(first?.value)) as EventOf<'ledger.statement.recorded.v1'>
  const withWords = (id: string, words: { gist?: string; quote?: string; paraphrase?: string }) => {
    const { gist, ...ofEvidence } = words
    const evidence = data.evidence.map(({ quote: _, ...one }) => ({ ...one, ...ofEvidence }))
    return event('ledger.statement.recorded.v1', id, { ...data, ...(gist && { gist }), evidence })
  }
  await projector.project(
    log.append(
      withWords('all-of-it', { gist: 'He said "no"', quote: 'Дрони \\ \u00e9\t', paraphrase: 'that, he denied' }),
      withWords('paraphrase-alone', { paraphrase: 'a {b} [c]' }),
      withWords('nothing', {}),
    ),
  )
  const words = () => projector.rows('select id, words::text from statement order by id')
  const recorded = await words()
  const wordsOf = (id: string) => recorded.find((row) => row['id'] === id)?.['words']
  t.equal(wordsOf('all-of-it'), JSON.stringify(['He said "no"', 'Дрони \\ \u00e9\t', 'that, he denied']))
  t.equal(wordsOf('paraphrase-alone'), '["a {b} [c]"]')
  t.equal(wordsOf('nothing'), null)
  const client = await connect(database.config, options)
  t.teardown(() => client.end())
  await client.query('alter table generation_1.statement drop column words')
  await client.query(`delete from ledger.migration where name >= '009'`)
  t.same(await migrate(client), ['009_words-of-statements', '010_indexes-without-doubles'])
  const compact = ({ id, words: text }: Record<string, unknown>) => [id, JSON.parse(String(text)) as unknown]
  t.strictSame((await words()).map(compact), recorded.map(compact))
  const { rows } = await client.query(`select indexdef from pg_indexes where indexname = 'statement_words'`)
  t.match(rows, [{ indexdef: /json_to_tsvector.*words/ }])
})

t.test('services that migrate at the same moment wait for one another', async (t) => {
  await using database = await testDatabase()
  const clients = await Promise.all([1, 2, 3].map(() => connect(database.config, options)))
  t.same(await Promise.all(clients.map(migrate)), [[], [], []])
  await Promise.all(clients.map((client) => client.end()))
})

t.test('COPY brings every text back as it was', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, options)
  const texts = ['plain', 'tab\there', 'line\nbreak\r', 'back\\slash \\N', '\\.', '', 'ж€😀', '{"a":"\\"b\\""}']
  await client.query('create temp table copied (n int, body text, list text[], bytes bytea)')
  const rows = new CopyRows()
  texts.forEach((text, n) =>
    rows.add(`${n}\t${copyText(text)}\t${copyArray([text, 'null', 'NULL', ''])}\t${copyBytes(Buffer.from(text))}`),
  )
  rows.add(`99\t${copyText(null)}\t${copyArray(null)}\t${COPY_NULL}`)
  await copyInto(client, 'copied', rows)
  const { rows: found } = await client.query<{ body: string; list: string[]; bytes: Buffer }>(
    'select body, list, bytes from copied order by n',
  )
  t.same(
    found.slice(0, -1).map(({ body, list, bytes }) => [body, list, String(bytes)]),
    texts.map((text) => [text, [text, 'null', 'NULL', ''], text]),
  )
  t.same(found.at(-1), { body: null, list: null, bytes: null })
  await client.end()
})

t.test('a COPY that breaks a constraint fails, and its transaction with it', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, options)
  const rows = new CopyRows()
  for (let n = 0; n < 20_000; n++) rows.add(`event\tstatements\t0\t${n}`)
  await t.rejects(
    inTransaction(client, () => copyInto(client, 'ledger.event_identity', rows)),
    { code: '23505' },
  )
  t.same((await client.query('select 1 as one')).rows, [{ one: 1 }])
  await client.end()
})

t.test('a text column carries nulls, empty texts and empty lists', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, options)
  const read = async (values: (string | null)[]) => {
    const { rows } = await client.query<{ v: string | null }>(`select v from ${unnestColumns(['text'])} as c (v)`, [
      textColumn(values),
    ])
    return rows.map(({ v }) => v)
  }
  t.same(await read(['a', null, 'b "\\{,']), ['a', null, 'b "\\{,'])
  t.same(await read(['a', '', 'b']), ['a', '', 'b'])
  t.same(await read([]), [])
  t.same([fitsTextColumn('a'), fitsTextColumn('a\u001f'), fitsTextColumn('\0')], [true, false, false])
  await client.end()
})
