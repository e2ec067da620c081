import { EventResource } from '#libs/contracts/event-resources.js'
import { pageOf } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers, pageParameters } from '../describe.js'
import { renderEvent, type OutcomeRow } from '../events/event-resource.js'
import { LIST_QUARANTINE } from '../events/events.sql.js'
import { cursorOf, keyInteger, keyOffset, keyText } from '../reads/cursors.js'
import { pageText } from '../reads/read-page.js'
import type { Route } from '../route.js'

const QUARANTINE_CURSOR = cursorOf('quarantine', [keyText, keyInteger, keyOffset])
const BLOCKED = ['quarantined', 'pending', 'waiting'] as const

/** GET /v1/quarantine */
export const listQuarantine: Route = (api, { reads, topicName }) => {
  api.get(
    '/v1/quarantine',
    {
      config: { scope: 'operate' },
      schema: {
        tags: ['Operation'],
        summary: 'List records that were not applied',
        description: 'In the order of the log. An operator releases or dismisses what is quarantined.',
        querystring: z.strictObject({
          outcome: z.enum(BLOCKED).default('quarantined').meta({
            description: 'pending: waits for something it refers to; waiting: waits behind another record',
          }),
          ...pageParameters,
        }),
        response: answers(pageOf(EventResource, 'QuarantinePage'), 'A page of records', ['CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const { outcome, limit, cursor } = request.query
      const after = cursor === undefined ? ['', '-1', '0'] : QUARANTINE_CURSOR.decode(cursor)
      const rows = await reads.snapshot((snapshot) =>
        snapshot.rows<OutcomeRow>(LIST_QUARANTINE, [[outcome], ...after, limit + 1]),
      )
      const items = rows.slice(0, limit)
      const last = rows.length > limit ? items.at(-1) : undefined
      const next = last ? QUARANTINE_CURSOR.encode([last.topic, String(last.partition), last.offset]) : null
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
