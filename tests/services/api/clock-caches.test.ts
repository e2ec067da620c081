import type { PositionResource } from '#libs/contracts/resources.js'
import { openCoveredInstants } from '#services/api/clocks/covered-instants.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'
import { event } from '#tests/services/projector/records.js'

const IRAN_ON_UAV = '/v1/positions/irn/irn-rus.uav/FACT'
const dossier = 'ukraine-war'

t.test('what a read remembers of a statement is forgotten with the next event on it', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const at = async (query: string) => (await ledger.get(`${IRAN_ON_UAV}?${query}`)).body as PositionResource
  t.match(await at('asOf=2022-12-03'), { value: 'ADMIT_PARTIAL', statement: 'uw-044' })
  t.match(await at('asOf=2022-12-03'), { value: 'ADMIT_PARTIAL', statement: 'uw-044' })
  const before = new Date(ledger.log.records.at(-1)?.timestampMs ?? 0).toISOString()
  const coding = { stances: [{ matter: 'irn-rus.uav', facet: 'FACT' as const, value: 'AFFIRM' as const }] }
  const basedOn = (JSON.parse((await ledger.get('/v1/statements/uw-044')).text) as { codingEvent: string }).codingEvent
  await ledger.record(
    event('ledger.statement.corrected.v1', 'uw-044', { dossier, basedOn, coding, reason: 'all of it' }),
  )
  await ledger.reachEnd()
  t.match(await at('asOf=2022-12-03'), { value: 'AFFIRM', statement: 'uw-044' })
  t.match(await at(`asOf=2022-12-03&knownAt=${before}`), { value: 'ADMIT_PARTIAL', statement: 'uw-044' })
  await ledger.record(event('ledger.statement.voided.v1', 'uw-044', { dossier, reason: 'a mistake' }))
  await ledger.reachEnd()
  t.match(await at('asOf=2022-12-03'), { value: 'DENY' })
  t.match(await at(`asOf=2022-12-03&knownAt=${before}`), { value: 'ADMIT_PARTIAL', statement: 'uw-044' })
})

t.test('that an instant is covered is no news to a snapshot from before', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const covered = openCoveredInstants()
  const knownAt = '2024-12-31T00:00:00.000Z'
  const { reads } = ledger.api
  await reads.snapshot(async (early) => {
    await ledger.reachEnd()
    await reads.snapshot((late) => covered.refuseIfBehind(late, knownAt))
    await t.rejects(covered.refuseIfBehind(early, knownAt), { code: 'KNOWN_AT_BEHIND' })
  })
  await reads.snapshot((later) => covered.refuseIfBehind(later, knownAt))
  await reads.snapshot((later) => covered.refuseIfBehind(later, '2024-06-01T00:00:00.000Z'))
})

t.teardown(dropTestTemplate)
