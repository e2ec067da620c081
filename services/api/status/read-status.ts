import { StatusResource } from '#libs/contracts/event-resources.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers } from '../describe.js'
import type { Route } from '../route.js'
import { READ_STATUS } from './status.sql.js'

interface StatusRow {
  topic: SourceTopicRole | null
  partition: number
  nextOffset: string
  recordedAt: string | null
  quarantined: number
  pending: number
  staleTracks: number
}

/** GET /v1/status */
export const readStatus: Route = (api, { reads, topicName }) => {
  api.get(
    '/v1/status',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Status'],
        summary: 'Read how far the ledger has read',
        description:
          'Which build of the read models answers, how far it has read each partition, and what waits for an operator.',
        querystring: z.strictObject({}),
        response: answers(StatusResource, 'The status'),
      },
    },
    async (request, reply) => {
      const { generation, rows } = await reads.snapshot(async (snapshot) => ({
        generation: snapshot.generation,
        rows: await snapshot.rows<StatusRow>(READ_STATUS),
      }))
      const status: StatusResource = {
        generation: generation.id,
        reducer: generation.reducer,
        checkpoints: rows.flatMap(({ topic, partition, nextOffset, recordedAt }) =>
          topic === null ? [] : [{ topic: topicName(topic), partition, nextOffset, recordedAt }],
        ),
        quarantined: rows[0]?.quarantined ?? 0,
        pending: rows[0]?.pending ?? 0,
        staleTracks: rows[0]?.staleTracks ?? 0,
      }
      return sendJson(request, reply, JSON.stringify(status))
    },
  )
}
