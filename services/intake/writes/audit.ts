import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Ids of the events that this request has put on the record, or may have; null as long as it has none. */
    auditedEvents: readonly string[] | null
  }
}

/** A batch has thousands of events: they go on several lines, none longer than log collectors take. */
const EVENTS_OF_LINE_MAX = 100

/**
 * Who wrote what: a log line of each request to write, taken or refused, with the account, the key by its id, and the events.
 * Never a body, never a key. It is written before the answer is sent, so that a caller who hangs up is in it too.
 */
export function addAudit(app: FastifyInstance): void {
  // no hook sets it: a request may be refused before any hook of ours has had its turn
  app.decorateRequest('auditedEvents', null)
  app.addHook('onSend', (request, reply, payload, done) => {
    if ((request.routeOptions.config.scope ?? 'public') !== 'public') logWrite(request, reply.statusCode)
    done(null, payload)
  })
}

function logWrite(request: FastifyRequest, status: number): void {
  const { account, keyId } = request.caller
  const events = request.auditedEvents ?? []
  const about = { audit: true, account, keyId, method: request.method, route: request.routeOptions.url, status }
  for (let from = 0; from === 0 || from < events.length; from += EVENTS_OF_LINE_MAX)
    request.log.info({ ...about, events: events.slice(from, from + EVENTS_OF_LINE_MAX) }, 'A write was answered.')
}
