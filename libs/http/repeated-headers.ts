import type { FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { LedgerError } from '#libs/contracts/error-codes.js'

/** Headers that say one thing. Node keeps the first of some and joins others; a proxy in front may do otherwise. */
const ONCE = new Set([
  'authorization',
  'x-api-key',
  'content-type',
  'idempotency-key',
  'ledger-after',
  'last-event-id',
  'x-request-id',
])

/** Refuses a request that says one of these twice: nobody can tell which of the two its sender, or a proxy, has acted on. */
export function refuseRepeatedHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const name = anyTwice(request.raw) ? repeatedOf(request.raw.rawHeaders) : undefined
    if (name === undefined) return done()
    const detail = `'${name}' may be sent once only.`
    done(new LedgerError('HEADER_INVALID', { detail, faults: [{ code: 'HEADER_INVALID', pointer: name, detail }] }))
  })
}

/** Whether any header came twice, which hardly ever happens: then Node, who knows each by one name, knows fewer than came. */
const anyTwice = ({ headers, rawHeaders }: IncomingMessage): boolean =>
  Object.keys(headers).length * 2 < rawHeaders.length

/** @param rawHeaders names and values by turns, at most what Node takes: 16 KiB */
function repeatedOf(rawHeaders: readonly string[]): string | undefined {
  const seen: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (!ONCE.has(name)) continue
    if (seen.includes(name)) return name
    seen.push(name)
  }
  return undefined
}
