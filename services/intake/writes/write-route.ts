import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { entityId } from '#libs/contracts/primitives.js'
import { AcceptedResource } from '#libs/contracts/requests.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { problemAnswers } from '#libs/http/openapi.js'
import { idempotencyKeyOf } from './event-identity.js'
import type { Written } from './pending-events.js'
import type { Write } from './prepare-write.js'
import { amends, bodyOf, type WriteUseCase } from './use-case.js'
import type { Writer } from './writer.js'

/** What the routes of intake work with. */
export interface Intake {
  readonly writer: Writer
  /** Public base of the api, for `Location`. */
  readonly apiUrl: string
}

/** Adds the route of one use case. */
export function addWriteRoute(app: HttpApp, intake: Intake, useCase: WriteUseCase): void {
  app.route({
    method: 'POST',
    url: useCase.path.replace('{id}', ':id'),
    config: { scope: useCase.scope },
    schema: {
      tags: [useCase.tag],
      summary: useCase.summary,
      ...(useCase.description !== undefined && { description: useCase.description }),
      headers: WriteHeaders,
      ...(amends(useCase) && { params: z.object({ id: entityId }) }),
      body: bodyOf(useCase),
      response: { 202: accepted(AcceptedResource), ...problemAnswers(...WRITE_ERRORS) },
    },
    handler: async (request, reply) => {
      const { id } = (amends(useCase) ? request.params : request.body) as { id?: string }
      const write = writeOf(request, useCase, request.body, id)
      return answerWith(reply, intake, await intake.writer.write(write))
    },
  })
}

/** A request whose body has passed the schema of its use case. */
export function writeOf(
  request: FastifyRequest,
  useCase: WriteUseCase,
  body: object,
  subject: string | undefined,
): Write {
  const { id: _id, ...data } = body as { id?: string }
  return {
    type: useCase.type,
    subject,
    data: amends(useCase) ? body : data,
    caller: request.caller,
    identity: { route: useCase.path, key: idempotencyKeyOf(request.headers['idempotency-key']) },
    traceparent: traceparentOf(request),
  }
}

/** W3C trace context, if it is one: it goes on the record with the event. */
export function traceparentOf(request: FastifyRequest): string | undefined {
  const { traceparent } = request.headers
  return typeof traceparent === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)
    ? traceparent
    : undefined
}

/** 202: on the record, with the address that tells what becomes of it, and the token that a read needs to see it. */
export function answerWith(reply: FastifyReply, intake: Intake, written: Written, more: object = {}): FastifyReply {
  return reply
    .code(202)
    .header('location', `${intake.apiUrl}/v1/events/${encodeURIComponent(written.event)}`)
    .header('ledger-after', intake.writer.tokenOf([written.place]))
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ event: written.event, subject: written.subject, ...more }))
}

export const accepted = (schema: z.ZodType) => ({
  description: 'Published',
  headers: z.object({
    location: z.string().describe('On the api: what became of the event'),
    'ledger-after': z.string().describe('Send it with a read, which then waits until it shows this write'),
  }),
  content: { 'application/json': { schema } },
})

export const WriteHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .describe('1 to 200 printable ASCII characters. The same request with the same key has one effect'),
})

export const WRITE_ERRORS: readonly ErrorCode[] = [
  'JSON_INVALID',
  'JSON_DUPLICATE_KEY',
  'JSON_NUL',
  'JSON_LONE_SURROGATE',
  'JSON_TOO_DEEP',
  'BODY_MISSING',
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'IDEMPOTENCY_KEY_INVALID',
  'ACTOR_UNKNOWN',
  'ALREADY_REGISTERED',
  'FIELD_INVALID',
  'ID_REUSED',
  'PUBLISH_FAILED',
  'NOT_READY',
]
