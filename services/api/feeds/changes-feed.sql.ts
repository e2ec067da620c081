import { CHANGE_BODY } from '../changes/change-body.sql.js'
import { cursorOf, keyInstant, keyUuid } from '../reads/cursors.js'
import { takenDown } from '../statements/taken-down.sql.js'

/** Changes of a dossier, those asserted or revoked last first; after ($2, $3) where these are given. */
export const NEWEST_CHANGES = (schema: string): string => `
select ${CHANGE_BODY} as body,
       to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
  from ${schema}.change
 where dossier = $1
   and (recorded_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
   and not (revoked and ${takenDown(schema, 'array[change.statement_id]')})
 order by recorded_at desc, id desc
 limit $4`

export const FEED_CURSOR = cursorOf('changes-feed', [keyInstant, keyUuid])
