import { CONFLICT_BODY } from '../changes/change-body.sql.js'
import { cursorOf, keyDay, keyInteger, keyText, keyUuid } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { takenDown } from '../statements/taken-down.sql.js'

export type ConflictFilter =
  'actor' | 'dossier' | 'matter' | 'matters' | 'facet' | 'kind' | 'statement' | 'open' | 'revoked' | 'takenDown'

/** Conflicts by dossier and day; those of one track in the order of its fold. */
export const LIST_CONFLICTS: PageQuery<ConflictFilter> = {
  table: 'conflict',
  body: () => CONFLICT_BODY,
  order: [
    ['dossier', 'text'],
    ['valid_from', 'date'],
    ['actor', 'text'],
    ['track_order', 'int'],
    ['id', 'uuid'],
  ],
  conditions: {
    actor: 'actor = $',
    dossier: 'dossier = $',
    matter: '$ = any(matters)',
    matters: 'matters && $::text[]',
    facet: 'facet = $',
    kind: 'kind = $',
    statement: '$ = any(statement_ids)',
    open: '(settled_by is null) = $',
    revoked: 'revoked = $',
    takenDown: (schema) => `${takenDown(schema, 'conflict.statement_ids')} = $`,
  },
}

export const CONFLICTS_CURSOR = cursorOf('conflicts', [keyText, keyDay, keyText, keyInteger, keyUuid])
