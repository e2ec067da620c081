import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { entityId } from '#libs/contracts/primitives.js'
import { REQUEST_EXAMPLES } from '#libs/contracts/request-examples.js'
import { AcceptedResource, SettledResource } from '#libs/contracts/requests.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { headersOf, problemAnswers } from '#libs/http/openapi.js'
import type { Outcome, Outcomes, Waited } from './await-outcome.js'
import { idempotencyKeyOf } from './event-identity.js'
import type { Written } from './pending-events.js'
import { waitPreferenceOf } from './prefer-wait.js'
import type { Write } from './prepare-write.js'
import { amends, bodyOf, type WriteUseCase } from './use-case.js'
import type { Writer } from './writer.js'

/** What the routes of intake work with. */
export interface Intake {
  readonly writer: Writer
  /** Public base of the api, for `Location`. */
  readonly apiUrl: string
  readonly outcomes: Outcomes
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
      ...(amends(useCase) && { params: z.object({ id: entityId.describe('Id of what is amended') }) }),
      body: bodyOf(useCase).meta({ examples: [REQUEST_EXAMPLES[useCase.type]] }),
      response: { ...writeAnswers(AcceptedResource, SettledResource), ...problemAnswers(...WRITE_ERRORS) },
    },
    handler: async (request, reply) => {
      const { id } = (amends(useCase) ? request.params : request.body) as { id?: string }
      const write = writeOf(request, useCase, request.body, id)
      const written = await intake.writer.write(write)
      return answerWrite(request, reply, intake, { written, creates: !amends(useCase) })
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

/** A write that is on the record, and what else its answer says. */
export interface Answer {
  readonly written: Written
  /** Whether there is something new once it is applied: 201. */
  readonly creates?: boolean
  readonly more?: object
}

/**
 * On the record, with the token that a read needs to see it: 202, and where to learn what becomes of it; or, for who
 * would rather wait and within the bound of that, 200 or 201 with what became of it.
 */
export async function answerWrite(
  request: FastifyRequest,
  reply: FastifyReply,
  intake: Intake,
  { written, creates = false, more = {} }: Answer,
): Promise<FastifyReply> {
  request.auditedEvents = [written.event]
  const token = intake.writer.tokenOf([written.place])
  const seconds = waitPreferenceOf(request.headers.prefer)
  const waited: Waited =
    seconds === undefined
      ? 'not told'
      : await intake.outcomes.waitFor({ event: written.event, token }, request, seconds)
  if (seconds !== undefined && waited !== 'not told')
    reply.header('preference-applied', `wait=${Math.min(seconds, intake.outcomes.secondsMax)}`)
  const accepted = { event: written.event, subject: written.subject, ...more }
  reply
    .header('ledger-after', token)
    .header('location', `${intake.apiUrl}/v1/events/${encodeURIComponent(written.event)}`)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
  if (typeof waited === 'string') return reply.code(202).send(JSON.stringify(accepted))
  return settled(reply, intake, creates, accepted, waited)
}

/** 201 leads to what is there now; whatever else became of an event is read at the event. */
function settled(
  reply: FastifyReply,
  { apiUrl }: Intake,
  creates: boolean,
  accepted: object,
  { links, ...verdict }: Outcome,
): FastifyReply {
  const created = creates && verdict.outcome === 'applied'
  if (created && links.subject !== null) reply.header('location', apiUrl + links.subject)
  return reply.code(created ? 201 : 200).send(JSON.stringify({ ...accepted, ...verdict }))
}

const ledgerAfterHeader = {
  'ledger-after': 'Send it with a read, which then waits until it shows this write',
}
const appliedHeader = {
  'preference-applied': 'How long was waited at most, as `wait=5`; absent where nothing was waited for',
}
const eventHeader = { location: 'On the api: what became of the event' }

/** The answers of a route that writes: 202, or with `Prefer: wait` what became of it. */
export const writeAnswers = (accepted: z.ZodType, settled: z.ZodType) => ({
  200: {
    description: 'Published, and its outcome is known: `Prefer: wait`, of what amends or was not applied',
    headers: headersOf({ ...eventHeader, ...ledgerAfterHeader, ...appliedHeader }),
    content: { 'application/json': { schema: settled } },
  },
  201: {
    description: 'Published and applied: `Prefer: wait`, of what makes something new',
    headers: headersOf({
      location: 'On the api: what was made',
      ...ledgerAfterHeader,
      ...appliedHeader,
    }),
    content: { 'application/json': { schema: settled } },
  },
  202: {
    description: 'Published; what becomes of it is told at `Location`',
    headers: headersOf({ ...eventHeader, ...ledgerAfterHeader, ...appliedHeader }),
    content: { 'application/json': { schema: accepted } },
  },
})

export const WriteHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .describe('1 to 200 printable ASCII characters. The same request with the same key has one effect'),
  prefer: z
    .string()
    .optional()
    .describe(
      '`wait=5`: wait so many seconds (at most 10, unless configured otherwise) for what becomes of the write (RFC 7240)',
    ),
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
