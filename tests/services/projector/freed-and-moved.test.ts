import t from 'tap'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector } from './project-log.js'
import { event, Log } from './records.js'
import { smallRegistry, statement } from './world.js'

t.teardown(dropTemplate)

t.test(
  'what one batch of the registry both frees and moves is on its new track once, and leaves it whole',
  async (t) => {
    await using database = await testDatabase()
    await using projector = await openTestProjector(database.config)
    const log = new Log()
    await projector.project(log.append(...smallRegistry()))
    const recorded = statement('s1', { onBehalfOf: [{ actor: 'rus', capacity: 'OWN' }] })
    const corrected = event('ledger.statement.corrected.v1', 's1', {
      dossier: 'war',
      basedOn: recorded.id,
      coding: {
        onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
        stances: [{ matter: 'irn-rus.drones', facet: 'FACT', value: 'DENY' }],
      },
      reason: 'misread',
    })
    await projector.project(log.append(recorded, corrected))
    // the matter sets the correction free; the office, revised with it, has its statements placed anew
    await projector.project(
      log.append(
        event('ledger.matter.registered.v1', 'irn-rus.drones', {
          dossier: 'war',
          title: 'Drones',
          broader: ['irn-rus'],
        }),
        event('ledger.office.revised.v1', 'irn-fm', { authority: 'SENIOR' }),
      ),
    )
    const positions = () => projector.rows('select actor, matter, authority from position order by matter')
    t.same(await positions(), [{ actor: 'irn', matter: 'irn-rus.drones', authority: 'SENIOR' }])
    await projector.project(
      log.append(event('ledger.statement.voided.v1', 's1', { dossier: 'war', reason: 'never said' })),
    )
    t.same(await positions(), [])
  },
)
