import { LedgerError } from '#libs/contracts/error-codes.js'
import type { ChangeResource } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { segment, sendText } from '../answers.js'
import { feedAnswers, idText, pageParameters } from '../describe.js'
import { CONTENT_TYPES } from '../formats/media-types.js'
import type { ApiReads, Route } from '../route.js'
import { atomOf, type Feed } from './atom.js'
import { FEED_CURSOR, NEWEST_CHANGES } from './changes-feed.sql.js'

const { limit, cursor } = pageParameters
const query = z.strictObject({ limit: limit.meta({ description: 'Entries a page, the newest first' }), cursor })

/** GET /v1/dossiers/{id}/changes.atom */
export const changesFeed: Route = (api, apiReads) => {
  api.get(
    '/v1/dossiers/:id/changes.atom',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: "Follow a dossier's changes in a feed reader",
        description:
          'Atom (RFC 4287): those asserted or revoked last come first. The id of an entry is that of the change; one that is asserted anew or revoked has a later `updated`.',
        params: z.object({ id: idText.meta({ description: 'Id of the dossier', examples: ['ukraine-war'] }) }),
        querystring: query,
        response: feedAnswers(['DOSSIER_UNKNOWN', 'CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const feed = await readFeed(apiReads, request.params.id, request.query)
      return sendText(request, reply, { type: CONTENT_TYPES.atom, body: atomOf(feed) })
    },
  )
}

const readFeed = (
  { reads, registry, publicUrl }: ApiReads,
  id: string,
  { limit, cursor }: z.output<typeof query>,
): Promise<Feed> =>
  reads.snapshot(async (snapshot) => {
    const known = await registry.at(snapshot)
    const dossier = known.dossiers.get(id)
    if (dossier === undefined) throw new LedgerError('DOSSIER_UNKNOWN')
    const after = cursor === undefined ? [null, null] : FEED_CURSOR.decode(cursor)
    const rows = await snapshot.rows<{ body: string; recordedAt: string }>(NEWEST_CHANGES, [id, ...after, limit + 1])
    const entries = rows
      .slice(0, limit)
      .map(({ body, recordedAt }) => ({ change: JSON.parse(body) as ChangeResource, recordedAt }))
    const last = rows.length > limit ? entries.at(-1) : undefined
    const page = (at: string | undefined): string =>
      `${publicUrl}/v1/dossiers/${segment(id)}/changes.atom?limit=${limit}${at === undefined ? '' : `&cursor=${at}`}`
    const next = last === undefined ? null : page(FEED_CURSOR.encode([last.recordedAt, last.change.id]))
    return { publicUrl, registry: known, dossier, entries, self: page(cursor), next }
  })
