import { cursorOf, keyDay, keyInteger, keyText, keyUuid } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { CHANGE_BODY } from './change-body.sql.js'

export type ChangeFilter = 'actor' | 'dossier' | 'matter' | 'facet' | 'kind' | 'reversesEarlier' | 'revoked'

/** Changes by dossier and day; those of one track in the order of its fold. */
export const LIST_CHANGES: PageQuery<ChangeFilter> = {
  table: 'change',
  body: () => CHANGE_BODY,
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
    matter: 'matter = $',
    facet: 'facet = $',
    kind: 'kind = $',
    reversesEarlier: 'reverses_earlier = $',
    revoked: 'revoked = $',
  },
}

export const CHANGES_CURSOR = cursorOf('changes', [keyText, keyDay, keyText, keyInteger, keyUuid])

/** One change, revoked or not; no body where there is none of that id. */
export const READ_CHANGE = (schema: string): string => `
select live.id as live,
       change.body
  from (select id from ledger.generation where status = 'live') as live
  left join (select ${CHANGE_BODY} as body
               from ${schema}.change
              where id = $1::uuid) as change
    on true`
