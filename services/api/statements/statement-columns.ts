import type { StatementResource } from '#libs/contracts/resources.js'
import type { Stance } from '#libs/contracts/stance.js'
import { ids, type CsvColumns } from '../formats/csv.js'

/** One row a statement; of its evidence the reports, and the first quote and paraphrase. */
export const STATEMENT_COLUMNS: CsvColumns<StatementResource> = [
  ['id', 'id', ({ id }) => id],
  ['dossier', 'id', ({ dossier }) => dossier],
  ['speaker', 'id of an actor', ({ speaker }) => speaker],
  ['office', 'id; empty: unattributed', ({ office }) => office],
  ['onBehalfOf', 'ids of actors', ({ onBehalfOf }) => ids(onBehalfOf.map(({ actor }) => actor))],
  ['addressees', 'ids of actors', ({ addressees }) => ids(addressees)],
  ['channel', 'text', ({ channel }) => channel],
  ['act', 'DENY, ADMIT …', ({ act }) => act],
  ['stances', '`matter FACET VALUE`, with semicolons between', ({ stances }) => stances.map(stanceText).join('; ')],
  ['about', 'ids of matters', ({ about }) => ids(about)],
  ['gist', 'text', ({ gist }) => gist],
  ['quote', 'text of the first one', ({ evidence }) => firstOf(evidence.map(({ quote }) => quote))],
  ['paraphrase', 'text of the first one', ({ evidence }) => firstOf(evidence.map(({ paraphrase }) => paraphrase))],
  ['saidEarliest', 'day, empty where unknown', ({ said }) => said.earliest],
  ['saidLatest', 'day', ({ said }) => said.latest],
  ['saidDisputed', 'true or false', ({ said }) => said.disputed],
  ['publishedEarliest', 'day', ({ published }) => published.earliest],
  ['publishedLatest', 'day', ({ published }) => published.latest],
  ['reports', 'ids', ({ evidence }) => ids([...new Set(evidence.map(({ report }) => report))])],
  ['corroboration', 'number of distinct origins', ({ corroboration }) => corroboration],
  ['occasionId', 'id', ({ occasionId }) => occasionId],
  ['retracted', 'true or false', ({ retraction }) => retraction !== null],
  ['voided', 'true or false', ({ voided }) => voided !== null],
  ['mergedAway', 'ids of statements', ({ mergedAway }) => ids(mergedAway)],
  ['recordedAt', 'instant', ({ recordedAt }) => recordedAt],
  ['lastRecordedAt', 'instant', ({ lastRecordedAt }) => lastRecordedAt],
]

const stanceText = ({ matter, facet, value }: Stance): string => `${matter} ${facet} ${value}`

const firstOf = (texts: readonly (string | undefined)[]): string | null =>
  texts.find((text) => text !== undefined) ?? null
