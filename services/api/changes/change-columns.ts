import type { ChangeResource } from '#libs/contracts/resources.js'
import type { CsvColumns } from '../formats/csv.js'

/** One row a change, named as in JSON. */
export const CHANGE_COLUMNS: CsvColumns<ChangeResource> = [
  ['id', 'UUID', ({ id }) => id],
  ['actor', 'id', ({ actor }) => actor],
  ['dossier', 'id', ({ dossier }) => dossier],
  ['matter', 'id', ({ matter }) => matter],
  ['facet', 'FACT, INTENT or NORM', ({ facet }) => facet],
  ['kind', 'REVERSAL, SOFTENING …', ({ kind }) => kind],
  ['from', 'value before', ({ from }) => from],
  ['to', 'value after', ({ to }) => to],
  ['order', 'certain, assumed or unknown', ({ order }) => order],
  ['statement', 'id of the statement that did it', ({ statement }) => statement],
  ['validFrom', 'day', ({ validFrom }) => validFrom],
  ['entailedFrom', 'id of a matter', ({ entailedFrom }) => entailedFrom],
  ['reversesEarlier', 'true or false', ({ reversesEarlier }) => reversesEarlier],
  ['revision', 'number; empty in reads with a clock', ({ revision }) => revision],
  ['revoked', 'true or false', ({ revoked }) => revoked],
]
