import { isReportEvent, type LedgerEvent } from '#libs/contracts/events.js'
import { SOURCE_TOPIC_ROLES, TOPICS, type SourceTopicRole } from '#libs/contracts/topics.js'
import { together, type Client } from '#libs/postgres/database.js'
import type { NewRecords } from '../checkpoints/continue-from.js'
import { loadBlocked, type BlockedQuery, type BlockedRecord } from '../outcomes/blocked-records.js'
import { samePayload, type DecodedRecord, type PartitionOf } from '../records/decode-record.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'
import { findOwners, readJournal } from '../records/read-journal.js'
import type { RegistryBook } from '../registry/registry-book.js'
import { ReportShelf } from '../reports/report-shelf.js'
import { StatementShelf } from '../statements/statement-shelf.js'
import { DirtyTracks } from '../tracks/dirty-tracks.js'
import { Applied, type Desk } from './apply-records.js'

/** A batch at work: what it reads from, what has become of its records, what it makes dirty. */
export interface BatchWork {
  readonly client: Client
  readonly partitionOf: PartitionOf
  readonly desk: Desk
  readonly applied: Applied
  readonly dirty: DirtyTracks
}

/** Loads what the records of a batch need to be applied in memory, in a number of queries that does not depend on theirs. */
export const loadBatch = async (
  client: Client,
  { records }: NewRecords,
  book: RegistryBook,
  options: { readonly partitionOf: PartitionOf; readonly topicPrefix: string },
  isRegistry: boolean,
): Promise<BatchWork> => {
  const desk: Desk = {
    registry: book.registry,
    statements: new StatementShelf(),
    reports: new ReportShelf(),
    owners: new Map(),
    ownerEvents: new Map(),
    samePayload,
    topicNames: topicNamesWith(options.topicPrefix),
  }
  const work = { client, partitionOf: options.partitionOf, desk, applied: new Applied(), dirty: new DirtyTracks() }
  // a registry batch knows what it needs only once the registry has evolved
  if (isRegistry) return work
  const related = {
    names: records.flatMap(({ names }) => names),
    arrivals: records.flatMap(({ event }) =>
      event !== null && isReportEvent(event) ? [`report:${event.subject}`] : [],
    ),
    places: [],
  }
  await together(client, [() => loadEarlier(work, related), () => loadFor(work, records)])
  return work
}

/** Loads blocked records of earlier batches, and what it takes to apply them. @returns these records */
export const loadEarlier = async (work: BatchWork, query: BlockedQuery): Promise<readonly BlockedRecord[]> => {
  const earlier = (await loadBlocked(work.client, query, work.partitionOf)).filter(
    // the registry itself resumes its pending events
    ({ record, outcome }) => record.topic !== 'registry' || outcome === 'quarantined',
  )
  for (const blocked of earlier) work.applied.blocked.add(blocked)
  await loadFor(
    work,
    earlier.map(({ record }) => record),
  )
  return earlier
}

const loadFor = async ({ client, partitionOf, desk }: BatchWork, records: readonly DecodedRecord[]): Promise<void> => {
  if (records.length === 0) return
  const events = records.flatMap(({ event }) => event ?? [])
  await together(client, [
    async () => {
      const owners = await findOwners(
        client,
        events.map(({ id }) => id),
      )
      for (const [id, place] of owners) desk.owners.set(id, place)
      const others = await readJournal(client, ownersElsewhere(owners, records), partitionOf)
      for (const { record } of others) if (record.event) desk.ownerEvents.set(placeKey(record), record.event)
    },
    () =>
      desk.statements.load(
        client,
        records.flatMap(({ names, event }) => [...names, ...misplacedNames(event, names)]),
      ),
    () =>
      desk.reports.load(
        client,
        events.flatMap((event) => (isReportEvent(event) ? [event.subject] : [])),
      ),
  ])
}

const ownersElsewhere = (
  owners: ReadonlyMap<string, RecordPlace>,
  records: readonly DecodedRecord[],
): RecordPlace[] => {
  const here = new Set(records.map(placeKey))
  return [...owners.values()].filter((place) => !here.has(placeKey(place)))
}

/** A record in the wrong partition names nothing that waits for it, but once released it needs its statements. */
const misplacedNames = (event: LedgerEvent | null, names: readonly string[]): string[] =>
  event !== null && names.length === 0 && event.type.startsWith('ledger.')
    ? [event.subject, ...('mergedAway' in event.data ? event.data.mergedAway : [])]
    : []

/** The names by which an operator's decision may give a topic: in full, without the prefix, or by its role. */
export const topicNamesWith = (prefix: string): Readonly<Record<SourceTopicRole, readonly string[]>> => {
  const namesOf = (role: SourceTopicRole) => [...new Set([`${prefix}${TOPICS[role].name}`, TOPICS[role].name, role])]
  return Object.fromEntries(SOURCE_TOPIC_ROLES.map((role) => [role, namesOf(role)])) as Record<
    SourceTopicRole,
    string[]
  >
}
