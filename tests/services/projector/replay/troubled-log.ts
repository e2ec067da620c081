import { encodeEvent } from '#libs/contracts/cloud-event.js'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { amendedEvents } from '../amended-events.js'
import { partitionOf } from '../records.js'
import { decision, evidence, statement } from '../world.js'
import type { RunningLedger } from './running-ledger.js'

const WORLD = { actors: 6, dossiers: 8, mattersPerDossier: 5 }

/**
 * Fills a ledger with everything that can befall a record: amendments and upheavals of the registry in an order by the seed,
 * duplicates, reused ids, what is never found, what cannot be read, and what operators have decided on.
 */
export const fillWithTrouble = async (ledger: RunningLedger, count: number): Promise<void> => {
  const events = amendedEvents(WORLD, { count, seed: 11 })
  const middle = Math.floor(events.length / 2)
  await ledger.publish(events.slice(0, middle))
  await ledger.untilProjected()
  const recorded = events.filter(isRecorded)
  await ledger.publish(repeated(recorded))
  await putUnreadable(ledger, recorded)
  const strangers = await putStrangers(ledger)
  await ledger.publish(events.slice(middle))
  await ledger.publish([...pendingForEver(), evidence('lost', '2022-10-21')])
  await ledger.untilProjected()
  await ledger.publish(strangers)
  await ledger.untilProjected()
}

type Recorded = EventOf<'ledger.statement.recorded.v1'>
const isRecorded = (one: EventOf<EventType>): one is Recorded => one.type === 'ledger.statement.recorded.v1'

/** Some again as they were, some with another payload. */
const repeated = (recorded: readonly Recorded[]): EventOf<EventType>[] => [
  ...recorded.slice(0, 5),
  ...recorded.slice(5, 8).map((one) => ({ ...one, data: { ...one.data, act: 'PREDICT' as const } })),
]

const pendingForEver = (): EventOf<EventType>[] => [
  statement('of-nobody', { dossier: 'dossier-0', onBehalfOf: [{ actor: 'never-registered', capacity: 'OWN' }] }),
  { ...evidence('of-nobody', '2022-10-21'), partitionkey: 'dossier-0' },
]

/** Broken JSON, no value, bytes that are no text, and an event that breaks the schema and is in the way of a statement's others. */
const putUnreadable = async (ledger: RunningLedger, recorded: readonly Recorded[]): Promise<void> => {
  const put = (key: string, value: string | Buffer | null) =>
    ledger.put('statements', partitionOf('statements', key), key, value)
  await put('dossier-1', '{"specversion":')
  await put('dossier-2', null)
  await put('dossier-3', Buffer.from([0xff, 0x00, 0xfe]))
  const last = recorded.at(-1)
  if (last === undefined) throw new Error('there is a statement')
  const broken = { ...last, id: 'broken', type: 'ledger.statement.voided.v1', data: { dossier: last.data.dossier } }
  await put(last.partitionkey, JSON.stringify(broken))
  const dismissed = await put('dossier-1', '{"given up":')
  const place = { topic: 'statements', partition: partitionOf('statements', 'dossier-1'), offset: dismissed }
  await ledger.publish([decision('dismissed', place)])
}

/** A statement and an amendment in a partition where they do not belong. @returns the decisions that release them */
const putStrangers = async (ledger: RunningLedger): Promise<EventOf<EventType>[]> => {
  const home = partitionOf('statements', 'dossier-2')
  const partition = (home + 1) % 12
  const strayed = {
    ...statement('strayed', {
      dossier: 'dossier-2',
      speaker: 'actor-1',
      onBehalfOf: [{ actor: 'actor-1', capacity: 'OWN' }],
      stances: [{ matter: 'matter-2-0', facet: 'FACT', value: 'AFFIRM' }],
    }),
    partitionkey: 'dossier-2',
  }
  const { office: _office, ...data } = strayed.data
  const offset = await ledger.put('statements', partition, 'dossier-2', encodeEvent({ ...strayed, data }))
  return [decision('released', { topic: 'statements', partition, offset })]
}
