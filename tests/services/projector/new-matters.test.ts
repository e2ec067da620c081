import t, { type Test } from 'tap'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector, type TestProjector } from './project-log.js'
import { foldedFromStates, readModel } from './read-model.js'
import { event, Log } from './records.js'
import { smallRegistry, statement } from './world.js'

t.teardown(dropTemplate)
t.setTimeout(120_000) // a bound for a busy machine

const matter = (id: string, broader?: string[]): EventOf<EventType> =>
  event('ledger.matter.registered.v1', id, { dossier: 'war', title: id, ...(broader && { broader }) })

const denial = (id: string, of: string, day = '2022-10-20') =>
  statement(id, { day, stances: [{ matter: of, facet: 'FACT', value: 'DENY' }] })

const positionsOf = async (projector: TestProjector): Promise<string[]> =>
  (await projector.rows('select actor, matter, facet, value, statement_id from position'))
    .map((row) => Object.values(row).join(' '))
    .sort()

const isWhatOneFoldGives = async (t: Test, projector: TestProjector) =>
  t.same(await positionsOf(projector), (await foldedFromStates(projector)).positions)

t.test('a matter that is new folds the tracks that hold a position on a broader one, and no others', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  const folded = async (...events: EventOf<EventType>[]) =>
    (await projector.project(log.append(...events))).reduce((sum, { tracksFolded }) => sum + tracksFolded, 0)
  await folded(...smallRegistry(), matter('apart'))
  await folded(
    denial('s1', 'irn-rus'),
    statement('s2', {
      speaker: 'rus',
      onBehalfOf: [{ actor: 'rus', capacity: 'OWN' }],
      stances: [{ matter: 'apart', facet: 'FACT', value: 'DENY' }],
    }),
  )
  t.equal(await folded(matter('elsewhere')), 0, 'nothing is above it')
  t.equal(await folded(matter('irn-rus.uav.parts', ['irn-rus.uav'])), 1, 'what is denied of the whole')
  t.match(await positionsOf(projector), [
    'irn irn-rus FACT DENY s1',
    'irn irn-rus.uav FACT DENY s1',
    'irn irn-rus.uav.parts FACT DENY s1',
    'rus apart FACT DENY s2',
  ])
  t.equal(await folded(event('ledger.matter.revised.v1', 'irn-rus', { title: 'Another title' })), 0)
  t.equal(await folded(event('ledger.matter.revised.v1', 'irn-rus', { parties: [] })), 2, 'all tracks of the dossier')
  // the track that was folded before these matters came is extended by what is said of them
  await folded(denial('s3', 'elsewhere', '2022-11-01'), denial('s4', 'irn-rus.uav.parts', '2022-11-02'))
  await isWhatOneFoldGives(t, projector)
})

t.test('what another projector holds in memory of a dossier is right after matters came', async (t) => {
  await using database = await testDatabase()
  await using one = await openTestProjector(database.config)
  await using other = await openTestProjector(database.config)
  const log = new Log()
  await one.project(log.append(...smallRegistry()))
  await other.project(log.append(denial('s1', 'irn-rus')))
  await one.project(log.append(matter('elsewhere')))
  await other.project(log.append(denial('s2', 'elsewhere', '2022-10-21')))
  await one.project(log.append(matter('irn-rus.parts', ['irn-rus'])))
  await other.project(log.append(denial('s3', 'irn-rus.parts', '2022-10-22'), denial('s4', 'irn-rus', '2022-10-23')))
  await isWhatOneFoldGives(t, other)
  await using again = await testDatabase()
  await using alone = await openTestProjector(again.config)
  await alone.project(log.records)
  t.same((await readModel(other)).tracks, (await readModel(alone)).tracks, 'digests are those of one projector')
})

t.test(
  'what waited for a matter is set free by one projector, and another that has the track in memory knows',
  async (t) => {
    await using database = await testDatabase()
    await using ofRegistry = await openTestProjector(database.config)
    await using ofStatements = await openTestProjector(database.config)
    const log = new Log()
    await ofRegistry.project(log.append(...smallRegistry()))
    await ofStatements.project(log.append(denial('s1', 'irn-rus'), denial('s2', 'late', '2022-10-21')))
    await ofRegistry.project(log.append(matter('late')))
    await ofStatements.project(log.append(denial('s3', 'irn-rus', '2022-10-22'), denial('s4', 'later', '2022-10-23')))
    // now the one that reads the registry has the track in memory, too, as it was before s3
    await ofRegistry.project(log.append(matter('later')))
    await ofStatements.project(log.append(denial('s5', 'irn-rus', '2022-10-24')))
    await isWhatOneFoldGives(t, ofStatements)
    await using again = await testDatabase()
    await using alone = await openTestProjector(again.config)
    await alone.project(log.records)
    const model = await readModel(ofStatements)
    t.same(model['tracks'], (await readModel(alone))['tracks'], 'digests are those of one projector')
    t.match(model['tracks'], [{ actor: 'irn', statements: 5 }])
  },
)

t.test('more tracks than are loaded together are folded by one event of the registry', async (t) => {
  const actors = Array.from({ length: 450 }, (_, index) => `state-${index}`)
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry(), matter('apart')))
  await projector.project(
    log.append(...actors.map((actor) => event('ledger.actor.registered.v1', actor, { kind: 'STATE', name: actor }))),
  )
  await projector.project(
    log.append(
      ...actors.map((actor) =>
        statement(`s-${actor}`, {
          speaker: actor,
          onBehalfOf: [{ actor, capacity: 'OWN' }],
          stances: [{ matter: 'irn-rus', facet: 'NORM', value: 'AGAINST' }],
        }),
      ),
    ),
  )
  const [report] = await projector.project(
    log.append(event('ledger.matter.revised.v1', 'apart', { broader: ['irn-rus'] })),
  )
  t.equal(report?.tracksFolded, 450)
  const entailed = await projector.rows(
    `select actor from position where matter = 'apart' and entailed_from is not null`,
  )
  t.equal(entailed.length, 450)
  await isWhatOneFoldGives(t, projector)
})
