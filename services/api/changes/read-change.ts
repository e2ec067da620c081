import { LedgerError } from '#libs/contracts/error-codes.js'
import { ChangeResource } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers } from '../describe.js'
import type { LiveRow } from '../reads/snapshot.js'
import type { Route } from '../route.js'
import { READ_CHANGE } from './list-changes.sql.js'

/** GET /v1/changes/{id} */
export const readChange: Route = (api, { reads }) => {
  api.get(
    '/v1/changes/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: 'Read one change',
        description: 'Also one that was revoked, unless its statement was taken down.',
        params: z.object({ id: z.uuid().describe('Id of the change') }),
        response: answers(ChangeResource, 'The change', ['CHANGE_UNKNOWN', 'SUPPRESSED']),
      },
    },
    async (request, reply) => {
      const [row] = await reads.query<ChangeRow>({ name: 'read-change', text: READ_CHANGE }, [request.params.id])
      const body = row?.body ?? null
      if (body === null) throw new LedgerError('CHANGE_UNKNOWN')
      if (row?.hidden === true) throw new LedgerError('SUPPRESSED')
      return sendJson(request, reply, body)
    },
  )
}

interface ChangeRow extends LiveRow {
  body: string | null
  /** Its statement was taken down. */
  hidden: boolean | null
}
