import type { ErrorCode } from '#libs/contracts/error-codes.js'
import type { AnyEventOf, EventOf, StatementEvent, StatementEventType } from '#libs/contracts/events.js'
import type { Coding, CorrectedData, Evidence } from '#libs/contracts/statement-events.js'
import { foreignMatterFaults, missingReferences, refersSoundly, statementFaults } from './check-statement.js'
import type { Registry } from './registry.js'
import { canonicalEvidence, type StatementState } from './statement.js'

/** The statements of a dossier, as far as a caller has loaded them. */
export interface StatementBook {
  get(id: string): StatementState | undefined
  set(state: StatementState): void
}

export type StatementOutcome =
  | {
      readonly outcome: 'applied'
      /** Statements whose state changed, first the one that the event was about. */
      readonly touched: readonly string[]
    }
  | { readonly outcome: 'pending'; readonly missing: readonly string[] }
  | { readonly outcome: 'stale'; readonly detail: string }
  | {
      readonly outcome: 'quarantined'
      readonly code: ErrorCode
      readonly detail: string
      readonly pointer?: string | undefined
    }

/** Ids of the statements an event names. A caller loads these, and the survivors that they were merged into. */
export const statementsNamedBy = (event: StatementEvent): string[] =>
  event.type === 'ledger.statements.merged.v1' ? [event.subject, ...event.data.mergedAway] : [event.subject]

/**
 * Applies one event of the statements topic to the statements it names. The caller sees to it that events of one
 * statement come in the order of their offsets, and that none comes while an earlier one is pending or quarantined:
 * then the result depends on the set of registry events and that order only, and a replay gives it again.
 * @param recordedAt ISO instant of the record
 */
export function applyStatementEvent(
  book: StatementBook,
  registry: Registry,
  event: StatementEvent,
  recordedAt: string,
): StatementOutcome {
  const sound = refersSoundly(event.type, event.data, registry)
  const fault =
    statementFaults(event.data)[0] ?? (sound ? undefined : foreignMatterFaults(event.type, event.data, registry)[0])
  if (fault)
    return {
      outcome: 'quarantined',
      code: fault.code,
      detail: fault.detail,
      ...(fault.pointer === undefined ? {} : { pointer: `/data${fault.pointer}` }),
    }
  const missing = [
    ...(sound ? [] : missingReferences(event.type, event.data, registry)),
    ...missingStatements(book, event),
  ]
  if (missing.length > 0) return { outcome: 'pending', missing }
  if (event.type === 'ledger.statement.recorded.v1') return record(book, event, recordedAt)
  const survivor = survivorOf(book, event.subject)
  if (survivor.dossier !== event.data.dossier)
    return {
      outcome: 'quarantined',
      code: 'STATEMENT_UNKNOWN',
      detail: `is a statement of the dossier ${survivor.dossier}`,
    }
  return amend(book, survivor, event, recordedAt)
}

/** The statement that events on this one apply to: itself, or what it was merged into. */
export function survivorOf(book: StatementBook, id: string): StatementState {
  let current = book.get(id)
  for (let step = 0; step < MERGE_CHAIN_MAX && current?.mergedInto; step++) current = book.get(current.mergedInto)
  if (current?.mergedInto !== null) throw new Error(`the survivor of statement ${id} is not loaded`)
  return current
}

/** A chain grows by one with each merge of a survivor; ten thousand in a row is no dossier but a broken invariant. */
const MERGE_CHAIN_MAX = 10_000

function missingStatements(book: StatementBook, event: StatementEvent): string[] {
  if (event.type === 'ledger.statement.recorded.v1') return []
  return statementsNamedBy(event)
    .filter((id) => book.get(id) === undefined)
    .map((id) => `statement:${id}`)
}

function record(
  book: StatementBook,
  event: EventOf<'ledger.statement.recorded.v1'>,
  recordedAt: string,
): StatementOutcome {
  const existing = book.get(event.subject)
  // what was voided should never have been recorded: the same id may be recorded anew, as if for the first time
  if (existing?.voided === null)
    return { outcome: 'quarantined', code: 'ALREADY_RECORDED', detail: `${event.subject} is recorded already` }
  const { dossier, evidence, ...coding } = event.data
  book.set({
    id: event.subject,
    dossier,
    coding,
    codingEvent: event.id,
    evidence: canonicalEvidence(evidence),
    retraction: null,
    voided: null,
    suppressed: existing?.suppressed ?? null,
    mergedInto: existing?.mergedInto ?? null,
    mergedAway: existing?.mergedAway ?? [],
    recordedAt: existing?.recordedAt ?? recordedAt,
    lastRecordedAt: recordedAt,
  })
  return { outcome: 'applied', touched: [event.subject] }
}

type Amendment = AnyEventOf<Exclude<StatementEventType, 'ledger.statement.recorded.v1'>>

function amend(book: StatementBook, state: StatementState, event: Amendment, recordedAt: string): StatementOutcome {
  const becomes = (fields: Partial<StatementState>): StatementOutcome => {
    book.set({ ...state, ...fields, lastRecordedAt: recordedAt })
    return { outcome: 'applied', touched: [state.id] }
  }
  switch (event.type) {
    case 'ledger.evidence.attached.v1':
      return becomes({ evidence: canonicalEvidence([...state.evidence, ...event.data.evidence]) })
    case 'ledger.statement.corrected.v1':
      if (event.data.basedOn !== state.codingEvent)
        return {
          outcome: 'stale',
          detail: `is based on ${event.data.basedOn}; the coding now stands as ${state.codingEvent} set it`,
        }
      return correct(state, event.data, (fields) => becomes({ ...fields, codingEvent: event.id }))
    case 'ledger.statement.retracted.v1': {
      const { dossier: _dossier, evidence, ...rest } = event.data
      return becomes({ retraction: { event: event.id, evidence: canonicalEvidence(evidence), ...rest } })
    }
    case 'ledger.statement.voided.v1':
      return becomes({ voided: { event: event.id, reason: event.data.reason } })
    case 'ledger.statement.suppressed.v1':
      return becomes({ suppressed: { event: event.id, reason: event.data.reason } })
    case 'ledger.statements.merged.v1':
      return merge(book, state, event.data.mergedAway, recordedAt)
  }
}

function correct(
  state: StatementState,
  data: CorrectedData,
  becomes: (fields: Partial<StatementState>) => StatementOutcome,
): StatementOutcome {
  const cleared: Partial<Coding> = Object.fromEntries((data.clears ?? []).map((field) => [field, undefined]))
  // through JSON's eyes: what is undefined is not there, in this state as in one that was stored and read
  const coding = JSON.parse(JSON.stringify({ ...state.coding, ...data.coding, ...cleared })) as Coding
  const replaced = new Set([...(data.evidence ?? []).map((e) => e.report), ...(data.dropEvidence ?? [])])
  const evidence: Evidence[] = [...state.evidence.filter((e) => !replaced.has(e.report)), ...(data.evidence ?? [])]
  if (evidence.length === 0)
    return {
      outcome: 'quarantined',
      code: 'FIELD_INVALID',
      detail: 'would leave the statement without evidence',
      pointer: '/data/dropEvidence',
    }
  const fault = statementFaults({ dossier: state.dossier, stances: coding.stances })[0]
  if (fault)
    return {
      outcome: 'quarantined',
      code: fault.code,
      detail: fault.detail,
      pointer: `/data/coding${fault.pointer ?? ''}`,
    }
  return becomes({ coding, evidence: canonicalEvidence(evidence) })
}

/** One utterance, recorded several times: the survivor takes all the evidence, and a retraction of any of them. */
function merge(
  book: StatementBook,
  survivor: StatementState,
  ids: readonly string[],
  recordedAt: string,
): StatementOutcome {
  const away = [...new Set(ids.map((id) => survivorOf(book, id)))].filter((state) => state.id !== survivor.id)
  const foreign = away.find((state) => state.dossier !== survivor.dossier)
  if (foreign)
    return {
      outcome: 'quarantined',
      code: 'MERGE_INVALID',
      detail: `${foreign.id} is a statement of the dossier ${foreign.dossier}`,
      pointer: '/data/mergedAway',
    }
  if (away.length === 0)
    return {
      outcome: 'quarantined',
      code: 'MERGE_INVALID',
      detail: 'all of these are one statement already',
      pointer: '/data/mergedAway',
    }
  for (const state of away) book.set({ ...state, mergedInto: survivor.id, lastRecordedAt: recordedAt })
  book.set({
    ...survivor,
    evidence: canonicalEvidence([...survivor.evidence, ...away.flatMap((state) => state.evidence)]),
    retraction: survivor.retraction ?? away.find((state) => state.retraction)?.retraction ?? null,
    mergedAway: [...new Set([...survivor.mergedAway, ...away.flatMap((s) => [s.id, ...s.mergedAway])])].sort(),
    lastRecordedAt: recordedAt,
  })
  return { outcome: 'applied', touched: [survivor.id, ...away.map((state) => state.id)] }
}
