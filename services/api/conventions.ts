import { validateByZod } from '#libs/http/request-validation.js'
import { z } from 'zod'
import { acceptedOf } from './formats/media-types.js'
import type { Coverage } from './reads/coverage.js'
import { parseLedgerAfter } from './reads/ledger-after.js'
import type { Api } from './route.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Types in which the route answers, the default first: those that its schema documents. */
    mediaTypes?: readonly string[]
  }
}

export const ReadHeaders = z.object({
  'ledger-after': z
    .string()
    .optional()
    .meta({ description: 'Token of a write: the answer covers that write, or is 503 after a few seconds' }),
  'if-none-match': z.string().optional().meta({ description: 'An ETag: 304 where the answer still has it' }),
})

/** What all reads have in common: who may call them, the headers that they honour, waiting for `Ledger-After`. */
export const addReadConventions = (api: Api, coverage: Coverage): void => {
  // these headers are read where they are used; checking all headers of every request would cost and tell nothing
  api.setValidatorCompiler((route) => (route.httpPart === 'headers' ? () => true : validateByZod(route)))
  api.addHook('onRoute', (route) => {
    if (!route.schema) return
    route.schema.headers ??= ReadHeaders
    route.config = { ...route.config, mediaTypes: documentedTypes(route.schema.response) }
  })
  api.addHook('preHandler', (request, _reply, done) => {
    const { accept } = request.headers
    if (accept !== undefined && accept !== '*/*' && !hasFormat(request.query)) {
      const types = request.routeOptions.config.mediaTypes ?? []
      if (types.length > 0) acceptedOf(request, types)
    }
    const token = request.headers['ledger-after']
    if (token === undefined) return done()
    coverage.waitFor(parseLedgerAfter(String(token))).then(() => done(), done)
  })
}

const hasFormat = (query: unknown): boolean => (query as { format?: unknown }).format !== undefined

const documentedTypes = (response: unknown): string[] =>
  Object.keys((response as { 200?: { content?: object } } | undefined)?.[200]?.content ?? {})
