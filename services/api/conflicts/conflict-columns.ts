import type { ConflictResource } from '#libs/contracts/resources.js'
import { ids, type CsvColumns } from '../formats/csv.js'

/** One row a conflict; its two statements in two columns. */
export const CONFLICT_COLUMNS: CsvColumns<ConflictResource> = [
  ['id', 'UUID', ({ id }) => id],
  ['actor', 'id', ({ actor }) => actor],
  ['dossier', 'id', ({ dossier }) => dossier],
  ['kind', 'CONTRADICTION or INCONSISTENT_VOICE', ({ kind }) => kind],
  ['facet', 'FACT, INTENT or NORM', ({ facet }) => facet],
  ['matters', 'ids', ({ matters }) => ids(matters)],
  ['earlierStatement', 'id', ({ statements }) => statements[0] ?? null],
  ['laterStatement', 'id', ({ statements }) => statements[1] ?? null],
  ['validFrom', 'day', ({ validFrom }) => validFrom],
  ['settledBy', 'id of a statement, withdrawn, or empty while open', ({ settledBy }) => settledBy],
  ['revision', 'number; empty in reads with a clock', ({ revision }) => revision],
  ['revoked', 'true or false', ({ revoked }) => revoked],
]
