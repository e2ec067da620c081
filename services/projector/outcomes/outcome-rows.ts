import type { OutcomeKind } from '#libs/contracts/vocabulary.js'
import { copyArray, copyText, type CopyRows } from '#libs/postgres/copy-buffer.js'
import type { DecodedRecord } from '../records/decode-record.js'

/** What became of a record, where that is anything but applied (which has no row). */
export interface RecordOutcome {
  readonly record: DecodedRecord
  readonly recordedAt: string
  readonly outcome: Exclude<OutcomeKind, 'applied'>
  readonly code?: string | null
  readonly detail?: string | null
  readonly pointer?: string | null | undefined
  readonly missing?: readonly string[] | null
}

export const OUTCOME_TARGET =
  'outcome (topic, partition, record_offset, recorded_at, event_id, type, subject, dossier, outcome, code, detail, pointer, missing, names)'

export const addOutcomeRow = (rows: CopyRows, outcome: RecordOutcome): void => {
  const { record, recordedAt } = outcome
  rows.add(
    [
      record.topic,
      record.partition,
      record.offset,
      recordedAt,
      copyText(record.eventId),
      copyText(record.type),
      copyText(record.subject),
      copyText(dossierOf(record)),
      outcome.outcome,
      copyText(outcome.code),
      copyText(outcome.detail),
      copyText(outcome.pointer),
      copyArray(outcome.missing ?? null),
      copyArray(record.names),
    ].join('\t'),
  )
}

const dossierOf = ({ event }: DecodedRecord): string | null =>
  event !== null && 'dossier' in event.data ? event.data.dossier : null
