import { validateByZod } from '#libs/http/request-validation.js'
import { z } from 'zod'
import type { Coverage } from './reads/coverage.js'
import { parseLedgerAfter } from './reads/ledger-after.js'
import type { Api } from './route.js'

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
    if (route.schema) route.schema.headers ??= ReadHeaders
  })
  api.addHook('preHandler', (request, _reply, done) => {
    const token = request.headers['ledger-after']
    if (token === undefined) return done()
    coverage.waitFor(parseLedgerAfter(String(token))).then(() => done(), done)
  })
}
