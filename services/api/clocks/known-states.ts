import type { StatementEvent } from '#libs/contracts/events.js'
import { missingReferences } from '#libs/ledger/check-statement.js'
import { canonicalActor, recordKey, type Registry } from '#libs/ledger/registry.js'
import { statementsNamedBy } from '#libs/ledger/statement-book.js'
import { counts, type StatementState } from '#libs/ledger/statement.js'
import type { TopicName } from '../events/event-resource.js'
import type { ApiReads } from '../route.js'
import type { Snapshot } from '../reads/snapshot.js'
import type { JournalRecord } from './journal-events.js'
import { takenDown } from '../statements/taken-down.sql.js'
import { replayStatements, type ReplayedRecord } from './replay-statements.js'
import {
  KNOWN_STATES_OF_ACTOR,
  KNOWN_STATES_OF_DOSSIERS,
  STATES_THAT_WAITED,
  RECORDS_OF_STATEMENTS,
} from './track-states.sql.js'
import { STATEMENTS_MAX, tooLarge, type StatesRead, type TrackSelection } from './track-states.js'

/** The registry of the instant, and the one of the snapshot. */
export interface Registries {
  readonly then: Registry
  readonly now: Registry
}

/**
 * Statements as they stood at an instant. A row that was not touched since is taken as it is; the others are folded
 * again from their records in the journal, with the registry of that instant (docs/design.md 4).
 */
export const readKnownStates = async (
  snapshot: Snapshot,
  apiReads: ApiReads,
  knownAt: string,
  registries: Registries,
  selection: TrackSelection,
): Promise<StatesRead> => {
  const rows = await readRows(snapshot, knownAt, registries, selection)
  const stored = await apiReads.states.statesOf(
    snapshot,
    rows.flatMap(({ id, version }) => (version === null ? [] : [{ id, version }])),
  )
  const rebuilt = new Set(rows.flatMap(({ id, amended }) => (amended ? [id] : [])))
  for (const state of stored.values()) if (mayHaveWaited(state, registries)) rebuilt.add(state.id)
  const replayed = await replay(snapshot, apiReads, knownAt, registries, rebuilt)
  const states = [...stored.values()].filter(({ id }) => !rebuilt.has(id))
  for (const state of replayed.values()) if (inDossiers(state, selection)) states.push(state)
  return withoutSuppressed(snapshot, states, [...replayed.keys()], stored)
}

interface KnownRow {
  id: string
  /** Of its row; null for a statement that was recorded later, and awaited then. */
  version: string | null
  amended: boolean
}

const readRows = async (
  snapshot: Snapshot,
  knownAt: string,
  registries: Registries,
  { actor, dossiers }: TrackSelection,
): Promise<KnownRow[]> => {
  const max = STATEMENTS_MAX + 1
  const rows =
    actor === undefined
      ? await snapshot.rows<KnownRow>(KNOWN_STATES_OF_DOSSIERS, [knownAt, dossiers, max])
      : await snapshot.rows<KnownRow>(
          KNOWN_STATES_OF_ACTOR,
          [knownAt, dossiers ?? null, namesNow(registries, actor), max],
          'known-states-of-actor',
        )
  const { actors, offices, matters } = registeredSince(registries)
  if (actor !== undefined && actors.length + offices.length + matters.length > 0)
    rows.push(
      ...(await snapshot.rows<KnownRow>(
        STATES_THAT_WAITED,
        [knownAt, dossiers ?? null, actors, offices, matters, max],
        'states-that-waited',
      )),
    )
  if (rows.length > STATEMENTS_MAX) throw tooLarge()
  return rows
}

/** Under what ids the tracks of an actor of then are kept now: actors may have been merged or separated since. */
const namesNow = ({ then, now }: Registries, actor: string): string[] => {
  const sameThen = [actor, ...[...then.mergedInto.keys()].filter((away) => canonicalActor(then, away) === actor)]
  return [...new Set(sameThen.map((id) => canonicalActor(now, id)))]
}

/** What was registered after the instant: a statement that refers to it was pending then. */
const registeredSince = ({ then, now }: Registries) => ({
  // tracks are kept under what an actor was merged into
  actors: newKeys(then.actors, now.actors).flatMap((id) => [...new Set([id, canonicalActor(now, id)])]),
  offices: newKeys(then.offices, now.offices),
  matters: newKeys(then.matters, now.matters),
})

const newKeys = (then: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>): string[] =>
  then === now ? [] : [...now.keys()].filter((id) => !then.has(id))

/** Whether a statement that nothing was recorded on since may have waited then for what it refers to. */
const mayHaveWaited = (state: StatementState, { then, now }: Registries): boolean => {
  if (then === now) return false
  const { dossier, coding, retraction } = state
  return (
    missingReferences('ledger.statement.recorded.v1', { dossier, ...coding }, then).length > 0 ||
    (retraction !== null &&
      missingReferences('ledger.statement.retracted.v1', { dossier, ...retraction }, then).length > 0)
  )
}

interface JournalRow extends JournalRecord {
  recordedAt: string
  outcome: string | null
}

/** Widens the set of statements until no record names another, and replays their records. */
const replay = async (
  snapshot: Snapshot,
  { topicName, journalEvents }: ApiReads,
  knownAt: string,
  registries: Registries,
  ids: Set<string>,
): Promise<Map<string, StatementState>> => {
  for (;;) {
    if (ids.size === 0) return new Map()
    if (ids.size > STATEMENTS_MAX) throw tooLarge()
    const rows = await snapshot.rows<JournalRow>(RECORDS_OF_STATEMENTS, [[...ids], knownAt], 'records-of-statements')
    const records = rows.flatMap((row) => {
      const event = journalEvents.eventOf(row)
      return event === null ? [] : [replayedRecord(topicName, row, event, registries)]
    })
    const named = records.flatMap(({ event }) => statementsNamedBy(event))
    const before = ids.size
    for (const id of named) ids.add(id)
    if (ids.size === before) return replayStatements(records, registries.then)
  }
}

const replayedRecord = (
  topicName: TopicName,
  row: JournalRow,
  event: StatementEvent,
  { then, now }: Registries,
): ReplayedRecord => {
  const decision = decisionOn(topicName, row, then)
  const releasedSince = decision !== 'released' && decisionOn(topicName, row, now) === 'released'
  return {
    event,
    recordedAt: row.recordedAt,
    dismissed: decision === 'dismissed' || (releasedSince && row.outcome === null),
    refused: row.outcome === 'quarantined' || row.outcome === 'dismissed',
  }
}

const decisionOn = (topicName: TopicName, { partition, offset }: JournalRow, { decisions }: Registry) =>
  decisions.size === 0
    ? undefined
    : (
        decisions.get(recordKey({ topic: topicName('statements'), partition, offset })) ??
        decisions.get(recordKey({ topic: 'statements', partition, offset }))
      )?.decision

const inDossiers = ({ dossier }: StatementState, { dossiers }: TrackSelection): boolean =>
  dossiers === undefined || dossiers.includes(dossier)

/** What was taken down since folds as voided, then as now. */
const withoutSuppressed = async (
  snapshot: Snapshot,
  states: readonly StatementState[],
  replayed: readonly string[],
  stored: ReadonlyMap<string, StatementState>,
): Promise<StatesRead> => {
  // what was merged since may be hidden with the statement that it was merged into
  const unsure = [...new Set(replayed)].filter((id) => stored.get(id)?.mergedInto !== null)
  const rows =
    unsure.length === 0
      ? []
      : await snapshot.rows<{ id: string }>(
          (schema) => `select id from unnest($1::text[]) as wanted (id) where ${takenDown(schema, 'array[wanted.id]')}`,
          [unsure],
        )
  const hidden = new Set([
    ...rows.map(({ id }) => id),
    ...[...stored.values()].flatMap(({ id, suppressed }) => (suppressed === null ? [] : [id])),
  ])
  return {
    states: states.filter(({ id }) => !hidden.has(id)),
    suppressedSince: states.filter((state) => hidden.has(state.id) && counts(state)),
  }
}
