import type { FastifyInstance, onSendHookHandler } from 'fastify'

/** That a route will go, as callers are told of it (docs/versioning.md). */
export interface Deprecation {
  /** From when on nothing new should use it. */
  readonly since: Date
  /** When it will be gone; absent: not decided yet. Never before `since`. */
  readonly sunset?: Date
  /** Where it is written what to use instead. */
  readonly link: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    deprecation?: Deprecation
  }
}

/**
 * Routes with `config.deprecation` say so in every answer, errors too, and in the OpenAPI document. Other routes get no
 * hook, so they pay nothing. Routes must be added after this.
 */
export function addDeprecation(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const deprecation = route.config?.deprecation
    if (!deprecation) return
    const headers = headersOf(deprecation)
    const announce: onSendHookHandler = (_request, reply, _payload, done) => {
      // the HEAD route that comes with a GET has this hook twice
      if (!reply.hasHeader('deprecation')) {
        reply.headers(headers)
        const links = [reply.getHeader('link'), `<${deprecation.link}>; rel="deprecation"; type="text/markdown"`]
        reply.header('link', links.filter(Boolean).join(', '))
      }
      done()
    }
    route.onSend = [route.onSend ?? [], announce].flat()
    route.schema = { ...route.schema, deprecated: true }
  })
}

/** RFC 9745: a structured date; RFC 8594: an HTTP date. */
function headersOf({ since, sunset }: Deprecation): Record<string, string> {
  if (sunset && sunset < since) throw new Error('a route cannot be gone before it is deprecated')
  return {
    deprecation: `@${Math.floor(since.getTime() / 1_000)}`,
    ...(sunset && { sunset: sunset.toUTCString() }),
  }
}
