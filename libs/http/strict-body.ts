import type { FastifyInstance } from 'fastify'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { parseStrictJson } from '#libs/contracts/strict-json.js'
import { errorOfFaults } from './problems.js'

/** Bodies are JSON in UTF-8, read strictly, and nothing else unless a route's service adds a parser for it. */
export function addStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(utf8(body as Buffer)))
    } catch (error) {
      done(error as LedgerError)
    }
  })
}

/** @throws LedgerError JSON_INVALID, JSON_DUPLICATE_KEY, JSON_NUL, JSON_LONE_SURROGATE or JSON_TOO_DEEP */
export function parseJsonBody(text: string): unknown {
  const json = parseStrictJson(text)
  if (json.ok) return json.value
  throw errorOfFaults([{ code: json.code, detail: json.detail, pointer: json.pointer ?? '' }])
}

/** @throws LedgerError JSON_INVALID if these bytes are not UTF-8 */
export function utf8(body: Buffer): string {
  try {
    return UTF8.decode(body)
  } catch {
    throw new LedgerError('JSON_INVALID', { detail: 'The body is not UTF-8.' })
  }
}
const UTF8 = new TextDecoder('utf-8', { fatal: true })
