import { z } from 'zod'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { AcceptedResource, DecisionRequest, SettledResource } from '#libs/contracts/requests.js'
import { SOURCE_TOPIC_ROLES, TOPICS, type SourceTopicRole } from '#libs/contracts/topics.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { problemAnswers } from '#libs/http/openapi.js'
import { idempotencyKeyOf } from '../writes/event-identity.js'
import {
  answerWrite,
  traceparentOf,
  writeAnswers,
  WRITE_ERRORS,
  WriteHeaders,
  type Intake,
} from '../writes/write-route.js'

/** The name of a topic on the broker. */
export type TopicName = (role: SourceTopicRole) => string

const DECISIONS = {
  releases: {
    type: 'ledger.record.released.v1',
    summary: 'Release a quarantined record',
    description: 'It is tried again, and what waits behind it. If it is still wrong, it stays quarantined.',
  },
  dismissals: {
    type: 'ledger.record.dismissed.v1',
    summary: 'Dismiss a quarantined record',
    description: 'It has no effect, and nothing waits behind it any more.',
  },
} as const

/** An operator's decision on a record is an event of its own, so that a replay repeats it. */
export function addDecideRecord(app: HttpApp, intake: Intake, topicName: TopicName): void {
  for (const [decision, { type, summary, description }] of Object.entries(DECISIONS)) {
    app.route({
      method: 'POST',
      url: `/v1/quarantine/:topic/:partition/:offset/${decision}`,
      config: { scope: 'operate' },
      schema: {
        tags: ['quarantine'],
        summary,
        description,
        headers: WriteHeaders,
        params: Address,
        body: DecisionRequest,
        response: {
          ...writeAnswers(AcceptedResource, SettledResource),
          ...problemAnswers('RECORD_UNKNOWN', ...WRITE_ERRORS),
        },
      },
      handler: async (request, reply) => {
        const address = addressOf(request.params, topicName)
        const written = await intake.writer.write({
          type,
          subject: `${address.topic}.${address.partition}.${address.offset}`.toLowerCase(),
          data: { ...address, ...request.body },
          caller: request.caller,
          identity: {
            route: `/v1/quarantine/{topic}/{partition}/{offset}/${decision}`,
            key: idempotencyKeyOf(request.headers['idempotency-key']),
          },
          traceparent: traceparentOf(request),
        })
        return answerWrite(request, reply, intake, { written })
      },
    })
  }
}

const Address = z.object({
  topic: z.string().min(1).max(249).describe('Name of the topic, or `registry`, `reports`, `statements`'),
  partition: z.coerce.number().int().min(0).max(100_000).describe('Partition of the topic'),
  offset: z
    .string()
    .regex(/^(0|[1-9]\d{0,18})$/)
    .describe('Offset in the partition, as /v1/quarantine lists it'),
})

/** @throws LedgerError RECORD_UNKNOWN if no topic of ours has such a place; whether it is quarantined, the projector knows */
function addressOf(params: z.output<typeof Address>, topicName: TopicName): z.output<typeof Address> {
  const role = SOURCE_TOPIC_ROLES.find((one) => one === params.topic || topicName(one) === params.topic)
  if (role === undefined || params.partition >= TOPICS[role].partitions) throw new LedgerError('RECORD_UNKNOWN')
  return { topic: topicName(role), partition: params.partition, offset: params.offset }
}
