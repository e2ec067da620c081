import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Caller } from './api-keys.js'

/** One log line and one observation a request. @returns where the service's own metrics go, too */
export function addObservation(app: FastifyInstance, { processMetrics }: { processMetrics: boolean }): Registry {
  const registry = new Registry()
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const observerOf = openObservers(app.log, registry)
  app.addHook('onResponse', (request, reply, done) => {
    const { elapsedTime } = reply
    const { log, duration } = observerOf(request, reply.statusCode)
    duration.observe(elapsedTime / 1_000)
    log.info(
      {
        // as the request's own log would, which need not be made for this
        reqId: request.id,
        elapsedMs: Math.round(elapsedTime * 100) / 100,
        account: (request.caller as Caller | null)?.account,
      },
      'A request was answered.',
    )
    done()
  })
  app.get('/metrics', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  return registry
}

/** Where requests of one route that were answered alike are observed. */
interface Observer {
  readonly duration: { observe(seconds: number): void }
  /** Names the route and the status in each line: written out once, not for each of them. */
  readonly log: FastifyBaseLogger
}

/** Observers are made when first needed; there are as many as routes, methods and statuses of theirs. */
function openObservers(
  log: FastifyBaseLogger,
  registry: Registry,
): (request: FastifyRequest, status: number) => Observer {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const make = (method: string, route: string, status: number): Observer => ({
    duration: durations.labels(method, route, String(status)),
    // not the address as sent: a query may hold what should not be in logs
    log: log.child({ method, route, status }),
  })
  /** By what Fastify knows a route and its method by, and then by status: found without joining them to a key. */
  const observers = new Map<unknown, Map<number | string, Observer>>()
  return ({ routeOptions: { config, url }, method }, status) => {
    const ofRoute = observers.get(config) ?? new Map<number | string, Observer>()
    if (ofRoute.size === 0) observers.set(config, ofRoute)
    // what no route takes comes by any method
    const key = url === undefined ? `${method} ${status}` : status
    const known = ofRoute.get(key)
    if (known !== undefined) return known
    const made = make(method, url ?? 'none', status)
    ofRoute.set(key, made)
    return made
  }
}
