import { CHANGES_CURSOR, LIST_CHANGES } from '#services/api/changes/list-changes.sql.js'
import { KNOWN_STATES_OF_ACTOR, STATES_THAT_WAITED } from '#services/api/clocks/track-states.sql.js'
import { LIST_CONFLICTS } from '#services/api/conflicts/list-conflicts.sql.js'
import { NEWEST_CHANGES } from '#services/api/feeds/changes-feed.sql.js'
import { HAS_UNNUMBERED, LAST_UNNUMBERED, READ_FEED, TAKEN_DOWN_AMONG } from '#services/api/live/feed.sql.js'
import { MATRIX_POSITIONS } from '#services/api/matrix/matrix.sql.js'
import { LIST_POSITIONS } from '#services/api/positions/list-positions.sql.js'
import { READ_POSITIONS } from '#services/api/positions/read-position.sql.js'
import { listSql, pageSql } from '#services/api/reads/page-query.js'
import { sharedPagesSql, sharedVersionsSql, sharedBodiesSql } from '#services/api/reads/shared-pages.sql.js'
import { LIST_STATEMENTS, READ_STATEMENT } from '#services/api/statements/statements.sql.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, type TestApi } from './test-api.js'

/** Enough that an index is cheaper than reading a table, which below some thousand rows it is not. */
const STATEMENTS = 6_000
const WORLD = { actors: 40, dossiers: 12, mattersPerDossier: 8 }
const SCHEMA = 'generation_1'
const FIRST = { limit: 50, continued: false }
const LATER = { limit: 50, continued: true }

t.test('every query of a hot route goes by an index', async (t) => {
  const { record, projector } = await openTestApi(t)
  await record(...registryEvents(WORLD))
  await record(...statementEvents(WORLD, { count: STATEMENTS, seed: 1 }))
  await projector.rows('analyze')
  const cases: [name: string, sql: string, values: unknown[], index: string][] = [
    ['one position', READ_POSITIONS.text(SCHEMA), ['a', 'm', 'FACT'], 'position_(pkey|by_matter)'],
    ['a page of positions', pageSql(LIST_POSITIONS, [], FIRST)(SCHEMA), [], 'position_pkey'],
    [
      'a page of an actor',
      pageSql(LIST_POSITIONS, ['actor'], LATER)(SCHEMA),
      ['actor-1', 'actor-1', 'm', 'FACT'],
      'position_pkey',
    ],
    ['a page of a dossier', pageSql(LIST_POSITIONS, ['dossier'], FIRST)(SCHEMA), ['dossier-1'], 'position_by_track'],
    ['a page of changes', pageSql(LIST_CHANGES, ['revoked'], FIRST)(SCHEMA), [false], 'change_by_day'],
    [
      'the next page of changes of a dossier',
      pageSql(LIST_CHANGES, ['dossier', 'revoked'], LATER)(SCHEMA),
      ['dossier-1', false, ...CHANGES_CURSOR.decode(cursor())],
      'change_by_day',
    ],
    [
      'the history of a position',
      pageSql(LIST_CHANGES, ['actor', 'matter', 'facet', 'revoked'], FIRST)(SCHEMA),
      ['actor-1', 'matter-1-1', 'FACT', false],
      'change_history',
    ],
    ['a page of conflicts', pageSql(LIST_CONFLICTS, ['revoked'], FIRST)(SCHEMA), [false], 'conflict_by_dossier'],
    ['a page of statements', pageSql(LIST_STATEMENTS, [], FIRST)(SCHEMA), [], 'statement_by_dossier'],
    [
      'the statements of an actor, those without a stance too',
      pageSql(LIST_STATEMENTS, ['actor'], FIRST)(SCHEMA),
      ['actor-39'],
      'statement_without_track',
    ],
    [
      'positions on a matter and those narrower',
      pageSql(LIST_POSITIONS, ['matters'], FIRST)(SCHEMA),
      [['matter-11-6', 'matter-11-7']],
      'position_by_matter',
    ],
    ['an export of a dossier', listSql(LIST_POSITIONS, ['dossier'])(SCHEMA), ['dossier-1'], 'position_by_track'],
    [
      'changes on some matters, by authority',
      pageSql(LIST_CHANGES, ['dossier', 'matters', 'offices', 'revoked'], FIRST)(SCHEMA),
      ['dossier-11', ['matter-11-6', 'matter-11-7'], ['office-39-voice'], false],
      'change_by_day|change_history',
    ],
    ['statements by their words', pageSql(LIST_STATEMENTS, ['words'], FIRST)(SCHEMA), ['drones'], 'statement_words'],
    [
      'statements on some matters',
      pageSql(LIST_STATEMENTS, ['matters'], FIRST)(SCHEMA),
      [['matter-11-6', 'matter-11-7']],
      'statement_by_matter',
    ],
    [
      'a matrix',
      MATRIX_POSITIONS(SCHEMA),
      ['dossier-1', 'FACT', null, null, 1_000],
      'position_(by_track|by_matter|pkey)',
    ],
    ['a feed', NEWEST_CHANGES(SCHEMA), ['dossier-1', null, null, 50], 'change_by_recording'],
    [
      'pages of positions, some at once',
      sharedPagesSql(LIST_POSITIONS, [], LATER)(SCHEMA),
      [asked([], ['actor-1', 'm', 'FACT'])],
      'position_pkey',
    ],
    [
      'pages of actors, some at once',
      sharedPagesSql(LIST_POSITIONS, ['actor'], LATER)(SCHEMA),
      [asked(['actor-1'], ['actor-1', 'm', 'FACT'])],
      'position_pkey',
    ],
    [
      'what stands on pages of changes',
      sharedVersionsSql(LIST_CHANGES, ['revoked'], LATER)(SCHEMA),
      [asked([false], CHANGES_CURSOR.decode(cursor()))],
      'change_by_day',
    ],
    [
      'what stands on pages of changes of dossiers',
      sharedVersionsSql(LIST_CHANGES, ['dossier', 'revoked'], FIRST)(SCHEMA),
      [asked(['dossier-1', false])],
      'change_by_day',
    ],
    [
      'pages of changes that are not remembered',
      sharedBodiesSql(LIST_CHANGES, ['dossier', 'revoked'], LATER)(SCHEMA),
      [asked(['dossier-1', false], CHANGES_CURSOR.decode(cursor()))],
      'change_by_day',
    ],
    [
      'which statements were taken down',
      TAKEN_DOWN_AMONG(SCHEMA),
      [['statement-1', 'statement-2', 'statement-3']],
      'statement_pkey',
    ],
    ['one statement', READ_STATEMENT(SCHEMA), ['statement-1'], 'statement_pkey'],
    [
      'what was known of an actor',
      KNOWN_STATES_OF_ACTOR(SCHEMA),
      ['2024-01-01T00:00:00Z', null, ['actor-39'], 1_000],
      'statement_by_actor',
    ],
    [
      'what waited for something registered later',
      STATES_THAT_WAITED(SCHEMA),
      ['2024-01-01T00:00:00Z', null, ['actor-39'], ['office-39-voice'], ['matter-11-7'], 1_000],
      'statement_by_office',
    ],
  ]
  for (const [name, sql, values, index] of cases) {
    const found = await planOf(projector, sql, values)
    t.match(found, new RegExp(`\\b${index}\\b`), `${name}: ${index}`)
    t.notMatch(found, /Seq Scan on (position|change|conflict|statement)\b/, `${name}: no table is read whole`)
  }
})

/** Rows of the outbox: enough that reading them all costs more than an index. */
const FEED_ROWS = 4_000
/** As a relay leaves them, but for the last ten, which have no number yet. */
const FILL_OUTBOX = `
  insert into ledger.outbox (topic, messages, message_count, sequence, first_number, published_at)
  select 'changes', repeat('["key", "{}"]', 30), 2, numbered.n, 2 * numbered.n - 1, case when numbered.n is not null then now() end
    from generate_series(1, $1::int) as row (n)
    left join generate_series(1, $1::int - 10) as numbered (n) on numbered.n = row.n`

t.test('the feed of changes goes by its numbers, and what has none is found by an index', async (t) => {
  const { projector } = await openTestApi(t)
  await projector.rows(FILL_OUTBOX, [FEED_ROWS])
  await projector.rows('update ledger.relay set last_sequence = $1::int, last_number = 2 * $1::int', [FEED_ROWS - 10])
  await projector.rows('analyze')
  const cases: [name: string, sql: string, values: unknown[], index: string][] = [
    ['the feed after a number', READ_FEED, [5_000, 50], 'outbox_numbered_once'],
    ['the last that has no number', LAST_UNNUMBERED, [], 'outbox_(sequenced_once|unpublished)'],
    ['whether it has one by now', HAS_UNNUMBERED, [FEED_ROWS], 'outbox_(sequenced_once|unpublished)'],
  ]
  for (const [name, sql, values, index] of cases) {
    const found = await planOf(projector, sql, values)
    t.match(found, new RegExp(`\\b${index}\\b`), `${name}: ${index}`)
    t.notMatch(found, /Seq Scan on outbox\b/, `${name}: the outbox is not read whole`)
  }
})

async function planOf({ rows }: TestApi['projector'], sql: string, values: unknown[]): Promise<string> {
  const lines = await rows(`explain ${sql}`, values)
  return lines.map((row) => String(row['QUERY PLAN'])).join('\n')
}

/** What one shared page is asked for by (services/api/reads/page-reader.ts). */
function asked(filters: readonly unknown[], after: readonly string[] = []): string {
  const named = (name: string, values: readonly unknown[]) => values.map((value, index) => [`${name}_${index}`, value])
  return JSON.stringify([Object.fromEntries([['place', 0], ...named('filter', filters), ...named('after', after)])])
}

function cursor(): string {
  return CHANGES_CURSOR.encode(['dossier-1', '2016-01-01', 'actor-1', '1', '00000000-0000-4000-8000-000000000000'])
}

t.teardown(dropTestTemplate)
