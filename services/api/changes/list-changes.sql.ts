import type { ChangeResource } from '#libs/contracts/resources.js'
import { cursorOf, keyDay, keyInteger, keyText, keyUuid } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { takenDown } from '../statements/taken-down.sql.js'
import { CHANGE_BODY } from './change-body.sql.js'

export type ChangeFilter =
  | 'actor'
  | 'dossier'
  | 'matter'
  | 'matters'
  | 'facet'
  | 'kind'
  | 'offices'
  | 'from'
  | 'to'
  | 'reversesEarlier'
  | 'revoked'
  | 'takenDown'

const keyOf = ({ dossier, validFrom, actor, id }: ChangeResource, trackOrder: number): readonly string[] => [
  dossier,
  validFrom,
  actor,
  String(trackOrder),
  id,
]

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
    matters: 'matter = any($)',
    facet: 'facet = $',
    kind: 'kind = $',
    offices: (schema) => `exists (select
                         from ${schema}.statement
                        where statement.id = change.statement_id
                          and statement.office = any($))`,
    from: 'valid_from >= $::date',
    to: 'valid_from <= $::date',
    reversesEarlier: 'reverses_earlier = $',
    revoked: 'revoked = $',
    // only what was revoked can be of a statement that was taken down since: the live fold has none of it
    takenDown: (schema) => `${takenDown(schema, 'array[change.statement_id]')} = $`,
  },
  shared: { filters: { dossier: 'text', revoked: 'boolean' }, revised: { keyOf } },
}

/** What `includeRevoked` asks: without it nothing that was revoked, with it all but what was taken down. */
export const withRevoked = (includeRevoked: boolean | undefined) =>
  includeRevoked === true ? { takenDown: false } : { revoked: false }

export const CHANGES_CURSOR = cursorOf('changes', [keyText, keyDay, keyText, keyInteger, keyUuid])

/** One change, revoked or not; no body where there is none of that id. */
export const READ_CHANGE = (schema: string): string => `
select live.id as live,
       change.body,
       change.hidden
  from (select id from ledger.generation where status = 'live') as live
  left join (select ${CHANGE_BODY} as body,
                    ${takenDown(schema, 'array[change.statement_id]')} as hidden
               from ${schema}.change
              where id = $1::uuid) as change
    on true`
