import { LedgerError } from '#libs/contracts/error-codes.js'
import { text } from '#libs/contracts/primitives.js'
import { EventResource } from '#libs/contracts/event-resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers } from '../describe.js'
import type { LiveRow } from '../reads/snapshot.js'
import type { Route } from '../route.js'
import { renderEvent, type OutcomeRow } from './event-resource.js'
import { READ_EVENT_RECORDS } from './events.sql.js'

/** GET /v1/events/{id} */
export const readEvent: Route = (api, { reads, topicName }) => {
  api.get(
    '/v1/events/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Events'],
        summary: 'Read what became of an event',
        description: 'Send the `Ledger-After` token of a write to wait until the event has an outcome.',
        params: z.object({ id: text(200).describe('Id of the event, as the answer to a write gave it') }),
        response: answers(EventResource, 'The event', ['EVENT_UNKNOWN']),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const [first, ...repeats] = await reads.query<FoundRow>(READ_EVENT_RECORDS, [id])
      if (!isRecord(first)) throw new LedgerError('EVENT_UNKNOWN')
      return sendJson(request, reply, JSON.stringify(renderEvent(topicName, first, repeats.filter(isRecord))))
    },
  )
}

/** One row without a record where there is none. */
type FoundRow = LiveRow & (OutcomeRow | { readonly topic: null })

const isRecord = (row: FoundRow | undefined): row is LiveRow & OutcomeRow => row !== undefined && row.topic !== null
