import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { isRegistryEvent, type RegistryEvent } from '#libs/contracts/events.js'
import { dossiersOf, withAllBroader } from '#libs/ledger/registry-matters.js'
import { canonicalActor, type Registry } from '#libs/ledger/registry.js'
import { unionOf, type Touched } from '#libs/ledger/registry-evolve.js'
import { queryInParts } from '#libs/postgres/statement-parts.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import type { NewRecords } from '../checkpoints/continue-from.js'
import type { DecodedRecord } from '../records/decode-record.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'
import type { RegistryBook, RegistryRecordOutcome } from '../registry/registry-book.js'
import { entityOf, writeEntities, type RegistryEntity } from '../registry/registry-entities.js'
import type { TrackName } from '../tracks/load-tracks.js'
import type { FoldTrack } from '../tracks/reducers.js'
import { FIND_TRACKS_ABOVE, FIND_TRACKS_OF } from '../tracks/tracks.sql.js'
import { noteOutcome, settleMany, type Desk } from './apply-records.js'
import { loadEarlier, type BatchWork } from './batch-work.js'

/**
 * Applies registry events, then all that they bear on: blocked records that they set free, and the tracks of the
 * offices, dossiers and actors that they touched. No statement is projected meanwhile (docs/design.md 7).
 */
export const applyRegistryBatch = async (
  work: BatchWork,
  queue: StatementQueue,
  fresh: NewRecords,
  book: RegistryBook,
  reducer: FoldTrack | null,
): Promise<void> => {
  const news = evolve(work, fresh, book)
  writeEntities(queue, news.entities)
  await queue.drain()
  await settleEarlier(work, news)
  for (const statement of work.desk.statements.touched()) work.dirty.enter(statement, book.registry)
  const touched = unionOf(news.touched)
  await dirtyTouched(work, reducer === null ? touched : touchedWhole(touched, book.registry))
}

/** What a batch of registry events brought about. */
interface RegistryNews {
  readonly touched: Touched[]
  readonly arrivals: string[]
  readonly entities: RegistryEntity[]
  readonly decided: RecordPlace[]
}

const evolve = (work: BatchWork, { records, recordedAt }: NewRecords, book: RegistryBook): RegistryNews => {
  const news: RegistryNews = { touched: [], arrivals: [], entities: [], decided: [] }
  records.forEach((record, index) => {
    const at = recordedAt[index] ?? ''
    const outcome = book.advance(record, at)
    noteRegistryOutcome(work, record, at, outcome)
    if (outcome.outcome === 'applied' && record.event !== null && isRegistryEvent(record.event)) {
      takeNews(news, work.desk, book.registry, record.event)
      news.touched.push(outcome.touched)
      news.arrivals.push(...outcome.arrived)
      for (const resumed of outcome.resumed) resume(work, news, book, resumed)
    }
  })
  return news
}

const noteRegistryOutcome = (
  work: BatchWork,
  record: DecodedRecord,
  recordedAt: string,
  outcome: RegistryRecordOutcome,
): void => {
  if (record.event !== null && record.fault === null && outcome.outcome !== 'duplicate' && !isReuse(outcome))
    work.applied.identities.push(record)
  noteOutcome(work.applied, outcome, record, recordedAt)
}

const isReuse = (outcome: RegistryRecordOutcome): boolean =>
  outcome.outcome === 'quarantined' && outcome.code === 'ID_REUSED'

/** An event of an earlier record, or of an earlier one of this batch, that was pending and took effect now, or was refused. */
const resume = (
  work: BatchWork,
  news: RegistryNews,
  book: RegistryBook,
  { eventId, outcome }: { readonly eventId: string; readonly outcome: RegistryRecordOutcome },
): void => {
  const held = book.held(eventId)
  if (held === undefined) throw new Error(`registry event ${eventId} was resumed but never held`)
  const { record, recordedAt } = held
  if (!work.applied.outcomes.delete(placeKey(record))) work.applied.resettled.push(record)
  work.applied.blocked.remove(record)
  noteOutcome(work.applied, outcome, record, recordedAt)
  if (outcome.outcome === 'applied' && record.event !== null && isRegistryEvent(record.event))
    takeNews(news, work.desk, book.registry, record.event)
}

const takeNews = (news: RegistryNews, desk: Desk, registry: Registry, event: RegistryEvent): void => {
  news.entities.push(...entityOf(registry, event))
  if (event.type !== 'ledger.record.released.v1' && event.type !== 'ledger.record.dismissed.v1') return
  const { topic: name, partition, offset } = event.data
  const topic = SOURCE_TOPIC_ROLES.find((role) => desk.topicNames[role].includes(name))
  if (topic !== undefined) news.decided.push({ topic, partition, offset: Number(offset) })
}

/** Tries again what was decided on, and what waited for something that has arrived. */
const settleEarlier = async (work: BatchWork, { arrivals, decided }: RegistryNews): Promise<void> => {
  if (arrivals.length === 0 && decided.length === 0) return
  await loadEarlier(work, { names: [], arrivals, places: decided })
  const arrived = new Set(arrivals)
  const decisions = new Set(decided.map(placeKey))
  const candidates = work.applied.blocked
    .all()
    .filter(
      ({ record, missing }) => decisions.has(placeKey(record)) || missing?.some((reference) => arrived.has(reference)),
    )
    .filter(({ record, outcome }) => record.topic !== 'registry' || outcome === 'quarantined')
  await settleMany(work.desk, work.applied, candidates)
}

/** Marks the tracks that read what the registry events changed, and places the statements anew that read it too. */
const dirtyTouched = async (work: BatchWork, touched: Touched): Promise<void> => {
  const { client, desk, dirty } = work
  await dirtyBelow(work, touched.newMatters)
  const actors = sameActors(desk.registry, touched.actors)
  if (actors.length + touched.offices.length + touched.dossiers.length === 0) return
  const ids = await desk.statements.loadTouched(client, touched.offices, actors)
  for (const id of ids) {
    const statement = desk.statements.shelved(id)
    if (statement === undefined) continue
    dirty.enterAnew(statement, desk.registry)
    // its canonical actors are a column
    if (actors.length > 0) desk.statements.touch(id)
  }
  const { rows } = await client.query<TrackName>(FIND_TRACKS_OF, [textColumn(actors), textColumn(touched.dossiers)])
  for (const { actor, dossier } of rows) dirty.get(actor, dossier).replaced = true
}

/** Marks the tracks that hold a position on what contains a new matter: that may be entailed on it. */
const dirtyBelow = async ({ client, desk, dirty }: BatchWork, newMatters: readonly string[]): Promise<void> => {
  const { registry } = desk
  const above = newMatters.flatMap((matter) => {
    const broader = withAllBroader(registry, registry.matters.get(matter)?.broader ?? [])
    return [...broader].map((one) => ({ matter, broader: one }))
  })
  const rows = await queryInParts(client, above, (part) =>
    client.query<TrackName & { matter: string }>(FIND_TRACKS_ABOVE, [
      textColumn(part.map(({ matter }) => matter)),
      textColumn(part.map(({ broader }) => broader)),
    ]),
  )
  for (const { actor, dossier, matter } of rows) dirty.get(actor, dossier).newMatters.add(matter)
}

/** What a reducer of an operator's own makes of a new matter nobody knows: it folds all of its dossier again. */
const touchedWhole = (touched: Touched, registry: Registry): Touched => ({
  ...touched,
  dossiers: [...new Set([...touched.dossiers, ...dossiersOf(registry, touched.newMatters)])],
})

/** The actors touched, and all that were merged into them at any time. */
const sameActors = (registry: Registry, touched: readonly string[]): string[] => {
  if (touched.length === 0) return []
  const canonical = new Set(touched.map((id) => canonicalActor(registry, id)))
  const merged = [...registry.mergedInto.keys()].filter((id) => canonical.has(canonicalActor(registry, id)))
  return [...new Set([...touched, ...canonical, ...merged])]
}
