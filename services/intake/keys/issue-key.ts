import type { z } from 'zod'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { IssuedKeyResource, IssueKeyRequest, SettledKeyResource } from '#libs/contracts/requests.js'
import { hashOfKey, newApiKey, type Caller } from '#libs/http/api-keys.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { problemAnswers } from '#libs/http/openapi.js'
import type { Registry, KeyState } from '#libs/ledger/registry.js'
import { derivedEventId, idempotencyKeyOf, newEventId } from '../writes/event-identity.js'
import type { Written } from '../writes/pending-events.js'
import { answerWrite, writeAnswers, WRITE_ERRORS, WriteHeaders, type Intake } from '../writes/write-route.js'

const ROUTE = '/v1/keys'
type Asked = z.output<typeof IssueKeyRequest>

export function addIssueKey(app: HttpApp, intake: Intake, registry: Registry): void {
  app.route({
    method: 'POST',
    url: ROUTE,
    config: { scope: 'operate' },
    schema: {
      tags: ['keys'],
      summary: 'Issue an API key',
      description: 'The answer holds the key this once; the record holds its SHA-256.',
      headers: WriteHeaders,
      body: IssueKeyRequest,
      response: { ...writeAnswers(IssuedKeyResource, SettledKeyResource), ...problemAnswers(...WRITE_ERRORS) },
    },
    handler: async (request, reply) => {
      const idempotencyKey = idempotencyKeyOf(request.headers['idempotency-key'])
      const { written, key } = await issueKey(intake, registry, request.body, request.caller, idempotencyKey)
      return answerWrite(request, reply, intake, { written, creates: true, more: { key } })
    },
  })
}

/**
 * A key is random, so a repeated request cannot make the same event again: it is compared by what was asked for, and
 * answered without the key.
 */
function issueKey(
  { writer }: Intake,
  registry: Registry,
  asked: Asked,
  caller: Caller,
  idempotencyKey: string | undefined,
): Promise<{ written: Written; key: string | null }> {
  const { account } = caller
  const id =
    idempotencyKey === undefined
      ? newEventId()
      : derivedEventId({ account, route: ROUTE, dossier: '', key: idempotencyKey })
  return writer.inRegistryTurn(async (writeNow) => {
    const before = registry.keys.get(id)
    if (before) return { written: answerAgain(before, asked), key: null }
    const key = newApiKey()
    const hash = hashOfKey(key)
    const identity = { route: ROUTE, key: idempotencyKey }
    const written = await writeNow({
      type: 'ledger.key.issued.v1',
      subject: id,
      data: { ...asked, hash },
      caller,
      identity,
      eventId: id,
    })
    // another intake may have answered the same request in between: then its key is the one on the record
    const issued = registry.keys.get(id)
    return { written, key: issued === undefined || issued.hash === hash ? key : null }
  })
}

function answerAgain(before: KeyState, asked: Asked): Written {
  const same =
    before.account === asked.account &&
    before.expires === asked.expires &&
    JSON.stringify([...before.scopes].sort()) === JSON.stringify([...asked.scopes].sort())
  if (same) return { event: before.id, subject: before.id, place: null }
  throw new LedgerError('ID_REUSED', {
    faults: [{ code: 'ID_REUSED', pointer: 'idempotency-key', detail: 'was used for another payload' }],
  })
}
