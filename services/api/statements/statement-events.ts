import { EventResource } from '#libs/contracts/event-resources.js'
import { pageOf } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers, pageParameters } from '../describe.js'
import { renderEvent, type OutcomeRow } from '../events/event-resource.js'
import { pageText } from '../reads/read-page.js'
import type { Route } from '../route.js'
import { findStatement, statementPath } from './read-statement.js'
import { LIST_STATEMENT_RECORDS, STATEMENT_EVENTS_CURSOR } from './statements.sql.js'

/** GET /v1/statements/{id}/events */
export const statementEvents: Route = (api, { reads, topicName }) => {
  api.get(
    '/v1/statements/:id/events',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Statements', 'Events'],
        summary: "List a statement's events",
        description: 'What was recorded about it, in that order, each with what became of it.',
        params: statementPath,
        querystring: z.strictObject(pageParameters),
        response: answers(pageOf(EventResource, 'EventPage'), 'A page of events', [
          'STATEMENT_UNKNOWN',
          'SUPPRESSED',
          'CURSOR_INVALID',
        ]),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { limit, cursor } = request.query
      const [partition, offset] = cursor === undefined ? ['-1', '0'] : STATEMENT_EVENTS_CURSOR.decode(cursor)
      await findStatement(reads, id)
      const rows = await reads.snapshot((snapshot) =>
        snapshot.rows<OutcomeRow>(LIST_STATEMENT_RECORDS, [id, partition, offset, limit + 1]),
      )
      const items = rows.slice(0, limit)
      const last = rows.length > limit ? items.at(-1) : undefined
      const next = last ? STATEMENT_EVENTS_CURSOR.encode([String(last.partition), last.offset]) : null
      return sendJson(
        request,
        reply,
        pageText(
          items.map((row) => JSON.stringify(renderEvent(topicName, row))),
          next,
        ),
      )
    },
  )
}
