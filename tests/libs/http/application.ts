import { pino } from 'pino'
import type { Test } from 'tap'
import { z } from 'zod'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { hashOfKey, type IssuedKey } from '#libs/http/api-keys.js'
import { buildHttp, type HttpApp, type HttpOptions } from '#libs/http/build-http.js'
import { problemAnswers } from '#libs/http/openapi.js'

export const KEYS = {
  recorder: 'ledger_key-that-may-record-and-nothing-else',
  reader: 'ledger_key-that-may-read-and-nothing-else',
  expired: 'ledger_key-that-has-expired',
  revoked: 'ledger_key-that-was-revoked',
}

const issued: IssuedKey[] = [
  { id: 'k1', account: 'recorder', hash: hashOfKey(KEYS.recorder), scopes: ['record'], revokedAt: null },
  { id: 'k2', account: 'reader', hash: hashOfKey(KEYS.reader), scopes: ['read'], revokedAt: null },
  {
    id: 'k3',
    account: 'late',
    hash: hashOfKey(KEYS.expired),
    scopes: ['record'],
    expires: '2020-01-01T00:00:00Z',
    revokedAt: null,
  },
  { id: 'k4', account: 'gone', hash: hashOfKey(KEYS.revoked), scopes: ['record'], revokedAt: '2020-01-01T00:00:00Z' },
]

/** An application with a few routes of every kind. What it logs is at `lines`. */
export async function testApplication(
  t: Test,
  options: Partial<HttpOptions> = {},
  addMore: (app: HttpApp) => void = () => undefined,
): Promise<{ app: HttpApp; lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const { app } = await buildHttp({
    document: { title: 'Test', version: '1', description: 'For tests' },
    logger,
    findKey: (hash) => issued.find((key) => key.hash === hash),
    anonymousScopes: ['read'],
    readiness: () => [{ name: 'everything', ok: true }],
    limits: { requestsPerMinuteOfKey: 1_000, requestsPerMinuteOfAddress: 1_000 },
    bodyBytesMax: 1_000,
    handlerMsMax: 1_000,
    corsOrigins: [],
    ...options,
  })
  addRoutes(app)
  addMore(app)
  t.teardown(() => app.close())
  await app.ready()
  return { app, lines }
}

const Thing = z.strictObject({ name: z.string().min(2), size: z.int().optional(), kind: z.enum(['A', 'B']).optional() })

function addRoutes(app: HttpApp): void {
  app.post(
    '/v1/things',
    { config: { scope: 'record' }, schema: { body: Thing, response: { ...problemAnswers('FIELD_INVALID') } } },
    (request, reply) => reply.send(JSON.stringify({ name: request.body.name, by: request.caller.account })),
  )
  app.get(
    '/v1/things/:id',
    {
      config: { scope: 'read' },
      schema: {
        params: z.object({ id: z.string().max(5) }),
        querystring: z.strictObject({ limit: z.coerce.number().int().max(10).optional() }),
      },
    },
    (_request, reply) => reply.send('{}'),
  )
  app.get('/v1/plain', { config: { scope: 'read' } }, (_request, reply) => reply.send('{}'))
  app.get('/v1/broken', { config: { scope: 'read' } }, () => {
    throw new Error('a secret of the inside')
  })
  app.get('/v1/slow', { config: { scope: 'read' }, handlerTimeout: 50 }, () => new Promise(() => undefined))
  app.get('/v1/gone', { config: { scope: 'read' } }, () => {
    throw new LedgerError('ACTOR_UNKNOWN', { detail: "There is no actor 'x'." })
  })
}
