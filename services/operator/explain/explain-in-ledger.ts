import type pg from 'pg'
import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent } from '#libs/contracts/events.js'
import { explainTrack, type Explanation } from '#libs/ledger/explain-track.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import { emptyRegistry, resolveActor, type Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackInput } from '#libs/ledger/track-input.js'
import {
  FIND_DOSSIER_OF_MATTER,
  FIND_STATEMENT,
  OUTCOMES_OF_STATEMENT,
  REGISTRY_RECORDS,
  STATEMENTS_OF_TRACK,
} from './explain.sql.js'

/** What is to be explained. */
export type Subject =
  | { readonly kind: 'statement'; readonly id: string }
  | { readonly kind: 'position'; readonly actor: string; readonly matter: string; readonly facet: string }

/** The steps of one track that have to do with the subject. */
export interface TrackExplanation {
  readonly actor: string
  readonly dossier: string
  readonly steps: readonly Explanation[]
}

/** An event on the statement that was not applied, or not yet. */
export interface BlockedEvent {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly outcome: string
  readonly type: string | null
  readonly code: string | null
  readonly missing: string[] | null
}

export interface SubjectExplanation {
  readonly subject: Subject
  readonly tracks: readonly TrackExplanation[]
  readonly blocked: readonly BlockedEvent[]
  /** Why it takes part in no track, where it does not. */
  readonly leftOut: string | null
}

/**
 * Folds the tracks of the subject step by step, on the live generation's statements.
 * @param client in a snapshot, with the live generation in its search path
 * @returns undefined where there is no such thing
 */
export const explainInLedger = async (client: pg.Client, subject: Subject): Promise<SubjectExplanation | undefined> => {
  const registry = await loadRegistry(client)
  return subject.kind === 'statement'
    ? await explainStatement(client, registry, subject)
    : await explainPosition(client, registry, subject)
}

const explainStatement = async (
  client: pg.Client,
  registry: Registry,
  subject: Extract<Subject, { kind: 'statement' }>,
): Promise<SubjectExplanation | undefined> => {
  const { rows } = await client.query<{ state: string; actors: string[] }>(FIND_STATEMENT, [subject.id])
  const blocked = (await client.query<BlockedEvent>(OUTCOMES_OF_STATEMENT, [subject.id])).rows
  const [row] = rows
  if (row === undefined)
    return blocked.length === 0 ? undefined : { subject, tracks: [], blocked, leftOut: 'it is not recorded yet' }
  const state = JSON.parse(row.state) as StatementState
  const tracks: TrackExplanation[] = []
  for (const actor of row.actors) {
    const steps = await explainWhole(client, registry, actor, state.dossier)
    tracks.push({ actor, dossier: state.dossier, steps: steps.filter((step) => concerns(step, subject.id)) })
  }
  return { subject, tracks, blocked, leftOut: row.actors.length === 0 ? whyLeftOut(state) : null }
}

/** Its own claims and retraction, and those of others that settled a conflict with it or met it. */
const concerns = ({ statement, rows, conflicts }: Explanation, id: string): boolean =>
  statement === id ||
  rows.some(({ against }) => against?.statement === id) ||
  conflicts.some(({ statements }) => statements.includes(id))

const whyLeftOut = (state: StatementState): string => {
  if (state.suppressed !== null) return 'it was taken down'
  if (state.voided !== null) return `it was voided: ${state.voided.reason}`
  if (state.mergedInto !== null) return `it was merged into ${state.mergedInto}`
  return state.coding.stances.length === 0 ? 'it takes no stance: context only' : 'it speaks for nobody'
}

const explainPosition = async (
  client: pg.Client,
  registry: Registry,
  subject: Extract<Subject, { kind: 'position' }>,
): Promise<SubjectExplanation | undefined> => {
  const actor = resolveActor(registry, subject.actor)
  const { rows } = await client.query<{ dossier: string }>(FIND_DOSSIER_OF_MATTER, [subject.matter])
  const dossier = rows[0]?.dossier
  if (actor === undefined || dossier === undefined) return undefined
  const steps = (await explainWhole(client, registry, actor, dossier)).filter((step) => moves(step, subject))
  return { subject: { ...subject, actor }, tracks: [{ actor, dossier, steps }], blocked: [], leftOut: null }
}

/** Claims on it, and whatever else changed it or is in conflict on it. */
const moves = (
  { claim, changes, conflicts }: Explanation,
  { matter, facet }: Extract<Subject, { kind: 'position' }>,
): boolean =>
  (claim?.matter === matter && claim.facet === facet) ||
  changes.some((change) => change.matter === matter && change.facet === facet) ||
  conflicts.some((conflict) => conflict.matters.includes(matter) && conflict.facet === facet)

const explainWhole = async (
  client: pg.Client,
  registry: Registry,
  actor: string,
  dossier: string,
): Promise<Explanation[]> => {
  const { rows } = await client.query<{ state: string }>(STATEMENTS_OF_TRACK, [dossier, actor])
  const states = rows.map(({ state }) => JSON.parse(state) as StatementState)
  return explainTrack(trackInput(states, registry, actor).statements, trackMatters(registry, dossier, actor))
}

/** As the live generation has it: what is pending there is decided again by the reducer. */
const loadRegistry = async (client: pg.Client): Promise<Registry> => {
  const registry = emptyRegistry()
  const { rows } = await client.query<{ recordedAt: string; value: string }>(REGISTRY_RECORDS)
  for (const { recordedAt, value } of rows) {
    const decoded = decodeEvent(value)
    if (decoded.ok && isRegistryEvent(decoded.event))
      evolveRegistry(registry, decoded.event, recordedAt, decoded.payloadHash)
  }
  return registry
}
