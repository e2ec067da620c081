import cors from '@fastify/cors'
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type preValidationHookHandler,
  type RawServerDefault,
} from 'fastify'
import type { FastifyZodOpenApiTypeProvider } from 'fastify-zod-openapi'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import { LedgerError } from '#libs/contracts/error-codes.js'
import type { KeyScope } from '#libs/contracts/vocabulary.js'
import { addAuthentication, addScopeCheck, type FindKey } from './api-keys.js'
import { addDeprecation } from './deprecation.js'
import { addDocsPage } from './docs-page.js'
import { addErrorHandling, onClientError, onRouterError } from './error-handling.js'
import { addHandlerLimit } from './handler-limit.js'
import { addHealth, type ReadinessCheck } from './health.js'
import { addLimits, type LimitOptions } from './limits.js'
import { addObservation } from './observation.js'
import { addOpenApi, type DocumentOptions } from './openapi.js'
import { addRequestLogs } from './request-log.js'
import { validateByZod } from './request-validation.js'
import { refuseRepeatedHeaders } from './repeated-headers.js'
import { NO_PAGE_HEADERS, securityHeaders } from './security-headers.js'
import { addStrictJson } from './strict-body.js'

/** A Fastify application whose routes take zod schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  FastifyZodOpenApiTypeProvider
>

export interface HttpOptions {
  readonly document: DocumentOptions
  readonly logger: FastifyBaseLogger
  readonly findKey: FindKey
  /** What callers without a key may do; [] for nothing. */
  readonly anonymousScopes: readonly KeyScope[]
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>
  readonly limits: LimitOptions
  readonly bodyBytesMax: number
  /** How long a handler may take before TIMED_OUT; a route can set its own `handlerTimeout`. */
  readonly handlerMsMax: number
  /** Origins that a browser may call from; [] for none. */
  readonly corsOrigins: readonly string[]
  /** How many proxies of ours stand in front: so many entries of X-Forwarded-For are believed, from the right. Default 0. */
  readonly proxyHops?: number
  /** How long a client may take to send a request, whole. Default 20,000. */
  readonly requestMsMax?: number
  /** Memory, CPU and event loop on /metrics; once a process. Default false. */
  readonly processMetrics?: boolean
}

export interface BuiltHttp {
  readonly app: HttpApp
  /** For the service's own metrics. */
  readonly metrics: Registry
}

const REQUEST_MS_MAX = 20_000
/** How often Node looks for requests that take too long; its own default would let a slow one live for 30 s more. */
const SLOWNESS_LOOK_MS = 1_000
const HEADER_BYTES_MAX = 16_384

/**
 * An application with everything but routes. Add them, then `listen`, or `inject` in a test; `close` finishes requests
 * under way.
 */
export async function buildHttp(options: HttpOptions): Promise<BuiltHttp> {
  const { requestMsMax = REQUEST_MS_MAX, proxyHops = 0 } = options
  const app: HttpApp = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytesMax,
    requestTimeout: requestMsMax,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: requestMsMax,
      connectionsCheckingInterval: Math.min(SLOWNESS_LOOK_MS, requestMsMax),
    },
    clientErrorHandler: onClientError,
    frameworkErrors: onRouterError,
    // a hop more would be believed of whoever calls, who could be another address with every request
    trustProxy: proxyHops > 0 && ((_address: string, hop: number) => hop < proxyHops),
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 300 },
  }).withTypeProvider<FastifyZodOpenApiTypeProvider>()
  app.setValidatorCompiler(validateByZod)
  // answers are made by us; tests hold them against their schemas
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  addRequestLogs(app)
  addErrorHandling(app)
  addStrictJson(app)
  const headers = securityHeaders({
    ...NO_PAGE_HEADERS,
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
    crossOriginResourcePolicy: { policy: options.corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(headers)
    done()
  })
  refuseRepeatedHeaders(app)
  addAuthentication(app, options)
  await allowOrigins(app, options.corsOrigins)
  await addLimits(app, options.limits)
  addScopeCheck(app)
  refuseUnknownParameters(app)
  addDeprecation(app)
  addHandlerLimit(app, options.handlerMsMax)
  await addOpenApi(app, options.document)
  addDocsPage(app, options.document.title)
  const metrics = addObservation(app, { processMetrics: options.processMetrics ?? false })
  addHealth(app, options.readiness)
  return { app, metrics }
}

/** A caller may bring an id of its own, if it is one that can stand in a log. */
const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID()
}

async function allowOrigins(app: HttpApp, corsOrigins: readonly string[]): Promise<void> {
  if (corsOrigins.length === 0) return
  await app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    // also an OPTIONS that is no preflight is answered
    strictPreflight: false,
    exposedHeaders: [
      'content-disposition',
      'deprecation',
      'etag',
      'ledger-after',
      'link',
      'location',
      'retry-after',
      'sunset',
      'x-request-id',
    ],
    maxAge: 3_600,
  })
}

/** A route without parameters takes none. Where there is a schema, being strict is the schema's part. */
function refuseUnknownParameters(app: HttpApp): void {
  app.addHook('onRoute', (route) => {
    if (!route.schema?.querystring) route.preValidation = [route.preValidation ?? [], refuseParameters].flat()
  })
}

const refuseParameters: preValidationHookHandler = (request, _reply, done) => {
  const [name] = Object.keys(request.query as object)
  if (name === undefined) return done()
  const pointer = name.slice(0, 100)
  const faults = [{ code: 'PARAMETER_UNKNOWN' as const, pointer, detail: 'is not a parameter here' }]
  done(new LedgerError('PARAMETER_UNKNOWN', { detail: `'${pointer}' is not a parameter here.`, faults }))
}
