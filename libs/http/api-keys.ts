import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest, preParsingHookHandler } from 'fastify'
import { ERRORS, LedgerError, type ErrorCode } from '#libs/contracts/error-codes.js'
import type { KeyScope } from '#libs/contracts/vocabulary.js'

/** What is known of an API key that was issued. The key itself is known to its holder only. */
export interface IssuedKey {
  readonly id: string
  readonly account: string
  /** SHA-256 of the key, hex. */
  readonly hash: string
  readonly scopes: readonly KeyScope[]
  /** ISO instant. */
  readonly expires?: string | undefined
  readonly revokedAt: string | null
}

/** Who makes a request. */
export interface Caller {
  readonly account: string
  /** Null for who came without a key. */
  readonly keyId: string | null
  readonly scopes: readonly KeyScope[]
}

/** @throws LedgerError where it cannot tell yet: the request ends with that */
export type FindKey = (hash: string) => IssuedKey | undefined

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller's key must allow; `any` takes any valid key, `public` needs none. Every route under /v1 has one. */
    scope?: KeyScope | 'any' | 'public'
  }
  interface FastifyRequest {
    caller: Caller
  }
}

/** 256 random bits, with a prefix by which a leaked one is found. */
export const newApiKey = (): string => `ledger_${randomBytes(32).toString('base64url')}`

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

const ANONYMOUS: Caller = { account: 'anonymous', keyId: null, scopes: [] }

export interface AuthenticationOptions {
  readonly findKey: FindKey
  /** What callers without a key may do. */
  readonly anonymousScopes: readonly KeyScope[]
}

/**
 * Says who is calling. A key that is wrong does not end the request here but in `addScopeCheck`, so that the rate limit
 * between the two counts who tries keys.
 */
export function addAuthentication(app: FastifyInstance, { findKey, anonymousScopes }: AuthenticationOptions): void {
  const anonymous: Caller = { ...ANONYMOUS, scopes: anonymousScopes }
  app.decorateRequest('caller', null as unknown as Caller)
  app.decorateRequest('keyFault', null)
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = anonymous
    const key = keyOf(request)
    if (key !== undefined) {
      const issued = validKey(key, findKey)
      if (issued) request.caller = { account: issued.account, keyId: issued.id, scopes: issued.scopes }
      else request.setDecorator('keyFault', 'KEY_INVALID')
    }
    done()
  })
}

/** Refuses a caller who may not use a route: before the body is read, and after the rate limit, a hook of each route. */
export function addScopeCheck(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope
    if (route.url.startsWith('/v1') && scope === undefined) throw new Error(`${route.url} does not say who may call it`)
    if (scope === undefined || scope === 'public') return
    const check: preParsingHookHandler = (request, _reply, _payload, done) => done(refusalOf(request, scope) ?? null)
    route.preParsing = [check, route.preParsing ?? []].flat()
  })
}

function refusalOf(request: FastifyRequest, scope: KeyScope | 'any'): LedgerError | undefined {
  if (request.getDecorator('keyFault') !== null) return refusal('KEY_INVALID')
  if (scope !== 'any' && request.caller.scopes.includes(scope)) return undefined
  if (request.caller.keyId === null) return refusal('KEY_MISSING')
  if (scope === 'any') return undefined
  return refusal('SCOPE_MISSING', `This route needs the scope '${scope}'.`)
}

const refusal = (code: ErrorCode, detail: string = ERRORS[code]): LedgerError =>
  new LedgerError(code, { detail, faults: [{ code, pointer: 'authorization', detail }] })

function keyOf(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': header } = request.headers
  if (authorization !== undefined) return /^Bearer +([!-~]{1,200}) *$/i.exec(authorization)?.[1] ?? ''
  return typeof header === 'string' ? header.slice(0, 200) : undefined
}

function validKey(key: string, findKey: FindKey): IssuedKey | undefined {
  const hash = hashOfKey(key)
  const issued = findKey(hash)
  if (!issued || !timingSafeEqual(Buffer.from(issued.hash, 'hex'), Buffer.from(hash, 'hex'))) return undefined
  const expired = issued.expires !== undefined && Date.parse(issued.expires) <= Date.now()
  return expired || issued.revokedAt !== null ? undefined : issued
}
