import { cursorOf, keyText } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { POSITION_BODY } from './position-body.sql.js'

export type PositionFilter =
  'actor' | 'dossier' | 'matter' | 'matters' | 'facet' | 'value' | 'role' | 'authorities' | 'contested' | 'entailed'

/** Current positions, from their stored bodies. */
export const LIST_POSITIONS: PageQuery<PositionFilter> = {
  table: 'position',
  body: POSITION_BODY,
  order: [
    ['actor', 'text'],
    ['matter', 'text'],
    ['facet', 'text'],
  ],
  conditions: {
    actor: 'actor = $',
    dossier: 'dossier = $',
    matter: 'matter = $',
    matters: 'matter = any($)',
    facet: 'facet = $',
    value: 'value = $',
    role: 'role = $',
    authorities: 'authority = any($)',
    contested: 'contested = $',
    entailed: '(entailed_from is not null) = $',
  },
  shared: { filters: { actor: 'text' } },
}

export const POSITIONS_CURSOR = cursorOf('positions', [keyText, keyText, keyText])
