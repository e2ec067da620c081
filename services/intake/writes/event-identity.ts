import { v5 as uuidV5, v7 as uuidV7 } from 'uuid'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { IDEMPOTENCY_KEY } from '#libs/contracts/requests.js'

/** What an event id is made of where the caller sent an Idempotency-Key. docs/design.md 5, "Identity". */
export interface IdentityParts {
  readonly account: string
  /** As in OpenAPI, without ids: one key for two addresses of one route is one key. */
  readonly route: string
  /** Of the statement or matter; empty where there is none. */
  readonly dossier: string
  readonly key: string
  /** Of a batch, from 1; absent for a request alone. */
  readonly line?: number | undefined
}

/** Never to change: the same request would become another event. */
const NAMESPACE = '6d0f3a52-1c5e-5b0b-9a54-6f3c86f1d9b7'

/** The same parts always give the same id. */
export const derivedEventId = ({ account, route, dossier, key, line }: IdentityParts): string =>
  uuidV5(JSON.stringify([account, route, dossier, key, line ?? null]), NAMESPACE)

export const newEventId = (): string => uuidV7()

/** @throws LedgerError IDEMPOTENCY_KEY_INVALID */
export function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header
  throw new LedgerError('IDEMPOTENCY_KEY_INVALID', {
    faults: [
      { code: 'IDEMPOTENCY_KEY_INVALID', pointer: 'idempotency-key', detail: 'must be 1 to 200 printable ASCII' },
    ],
  })
}
