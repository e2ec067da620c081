import type { FastifyInstance, FastifyReply, onRequestHookHandler } from 'fastify'
import { LedgerError } from '#libs/contracts/error-codes.js'

/** How often all that is under way is looked at, at most. */
const LOOK_EVERY_MS = 1_000

/**
 * Answers TIMED_OUT for handlers that take longer than `msMax`, or up to a second more. One look at all that is under way
 * does it: the framework's own `handlerTimeout` sets a timer, a listener and an abort signal for each request, a twelfth of
 * what reading a position costs. Routes that set that one have a limit of their own. Routes must be added after this.
 */
export function addHandlerLimit(app: FastifyInstance, msMax: number): void {
  // in the order in which they began
  const underWay = new Set<FastifyReply>()
  const everyMs = Math.min(LOOK_EVERY_MS, msMax / 4)
  let nextLook: NodeJS.Timeout | undefined
  const look = (): void => {
    for (const reply of underWay) {
      if (reply.elapsedTime < msMax) break
      underWay.delete(reply)
      giveUp(reply)
    }
    nextLook = underWay.size > 0 ? setTimeout(look, everyMs) : undefined
  }
  const begin: onRequestHookHandler = (_request, reply, done) => {
    underWay.add(reply)
    nextLook ??= setTimeout(look, everyMs)
    done()
  }
  app.addHook('onRoute', (route) => {
    if (route.handlerTimeout === undefined) route.onRequest = [begin, route.onRequest ?? []].flat()
  })
  app.addHook('onResponse', (_request, reply, done) => {
    underWay.delete(reply)
    done()
  })
  app.addHook('onClose', (_app, done) => {
    clearTimeout(nextLook)
    done()
  })
}

const giveUp = (reply: FastifyReply): void => {
  if (reply.sent) return
  // what has begun to be sent cannot become an error any more: that it breaks off says that it is not whole
  if (reply.raw.headersSent) reply.raw.destroy()
  else void reply.send(new LedgerError('TIMED_OUT'))
}
