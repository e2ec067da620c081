import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Caller } from './api-keys.js'

/** One log line and one observation a request. @returns where the service's own metrics go, too */
export function addObservation(app: FastifyInstance, { processMetrics }: { processMetrics: boolean }): Registry {
  const registry = new Registry()
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const observers = new Map<string, { observe(seconds: number): void }>()
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const key = `${request.method} ${route} ${reply.statusCode}`
    let observer = observers.get(key)
    if (!observer) {
      observer = durations.labels(request.method, route, String(reply.statusCode))
      observers.set(key, observer)
    }
    observer.observe(reply.elapsedTime / 1_000)
    app.log.info(
      {
        // as the request's own log would, which need not be made for this
        reqId: request.id,
        method: request.method,
        // not the address as sent: a query may hold what should not be in logs
        route,
        status: reply.statusCode,
        elapsedMs: Math.round(reply.elapsedTime * 100) / 100,
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
