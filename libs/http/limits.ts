import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { callerName } from './caller-name.js'

export interface LimitOptions {
  /** Requests a minute of one API key, and of one address that sends none. */
  readonly requestsPerMinuteOfKey: number
  readonly requestsPerMinuteOfAddress: number
}

/** Longest address that is read, query included. */
const URL_LENGTH_MAX = 4_096
/** Beyond this the process is so late that answering "busy" at once serves callers better. */
const EVENT_LOOP_DELAY_MS_MAX = 2_000
const REMEMBERED_CALLERS_MAX = 10_000

export async function addLimits(app: FastifyInstance, options: LimitOptions): Promise<void> {
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.url.length > URL_LENGTH_MAX ? new LedgerError('URL_TOO_LONG') : undefined)
  })
  await app.register(underPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MS_MAX,
    pressureHandler: () => {
      throw new LedgerError('OVERLOADED', { retryAfterSeconds: 2 })
    },
  })
  await app.register(rateLimit, {
    timeWindow: '1 minute',
    cache: REMEMBERED_CALLERS_MAX,
    keyGenerator: callerName,
    max: (request) =>
      request.caller.keyId === null ? options.requestsPerMinuteOfAddress : options.requestsPerMinuteOfKey,
    errorResponseBuilder: (_request, { ttl }) =>
      new LedgerError('RATE_LIMITED', { retryAfterSeconds: Math.ceil(ttl / 1_000) }),
  })
}
