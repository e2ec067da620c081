import type { PositionResource } from '#libs/contracts/resources.js'
import { ids, type CsvColumns } from '../formats/csv.js'

/** One row a position. Named as in JSON; what is nested there has its path in one word. */
export const POSITION_COLUMNS: CsvColumns<PositionResource> = [
  ['actor', 'id', ({ actor }) => actor],
  ['dossier', 'id', ({ dossier }) => dossier],
  ['matter', 'id', ({ matter }) => matter],
  ['facet', 'FACT, INTENT or NORM', ({ facet }) => facet],
  ['role', "the actor's part in the matter", ({ role }) => role],
  ['value', "the headline's value", ({ value }) => value],
  ['statement', "id of the headline's statement", ({ statement }) => statement],
  ['authority', 'with which it was said', ({ authority }) => authority],
  ['implied', 'true or false', ({ implied }) => implied],
  ['validFrom', 'day', ({ validFrom }) => validFrom],
  ['saidEarliest', 'day, empty where unknown', ({ order }) => order?.said.earliest ?? null],
  ['publishedEarliest', 'day', ({ order }) => order?.published.earliest ?? null],
  ['publishedLatest', 'day', ({ order }) => order?.published.latest ?? null],
  ['scopeWindow', 'EDTF interval', ({ scope }) => scope?.window ?? null],
  ['scopeQuantity', 'text', ({ scope }) => scope?.quantity ?? null],
  ['scopeEndUse', 'text', ({ scope }) => scope?.endUse ?? null],
  ['scopeItemClass', 'text', ({ scope }) => scope?.itemClass ?? null],
  ['conditionMatter', 'id', ({ condition }) => condition?.matter ?? null],
  ['conditionFacet', 'FACT, INTENT or NORM', ({ condition }) => condition?.facet ?? null],
  ['conditionValues', 'values', ({ condition }) => ids(condition?.values ?? [])],
  ['conditionText', 'text', ({ condition }) => condition?.text ?? null],
  ['conditionState', 'MET, UNMET or UNRESOLVED', ({ conditionState }) => conditionState],
  ['standing', 'ids of statements', ({ standing }) => ids(standing)],
  ['entailedFrom', 'id of the matter it follows from', ({ entailedFrom }) => entailedFrom],
  ['contestedBy', 'ids of statements', ({ contestedBy }) => ids(contestedBy)],
  ['exceptions', 'ids of matters', ({ exceptions }) => ids(exceptions)],
  ['possible', 'ids of statements', ({ possible }) => ids(possible)],
  ['stale', 'code, if the last good one is shown', ({ stale }) => stale],
]
