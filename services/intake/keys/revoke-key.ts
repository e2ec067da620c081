import { z } from 'zod'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { entityId } from '#libs/contracts/primitives.js'
import { AcceptedResource, DecisionRequest, SettledResource } from '#libs/contracts/requests.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { problemAnswers } from '#libs/http/openapi.js'
import type { Registry } from '#libs/ledger/registry.js'
import { idempotencyKeyOf } from '../writes/event-identity.js'
import {
  answerWrite,
  traceparentOf,
  writeAnswers,
  WRITE_ERRORS,
  WriteHeaders,
  type Intake,
} from '../writes/write-route.js'

const ROUTE = '/v1/keys/{id}/revocations'

export function addRevokeKey(app: HttpApp, intake: Intake, registry: Registry): void {
  app.route({
    method: 'POST',
    url: '/v1/keys/:id/revocations',
    config: { scope: 'operate' },
    schema: {
      tags: ['keys'],
      summary: 'Revoke an API key',
      description: 'It is refused as soon as this is on the record.',
      headers: WriteHeaders,
      params: z.object({ id: entityId.describe('Id of the key: the `subject` of the answer that issued it') }),
      body: DecisionRequest,
      response: {
        ...writeAnswers(AcceptedResource, SettledResource),
        ...problemAnswers('KEY_UNKNOWN', ...WRITE_ERRORS),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      if (!registry.keys.has(id)) throw new LedgerError('KEY_UNKNOWN')
      const written = await intake.writer.write({
        type: 'ledger.key.revoked.v1',
        subject: id,
        data: request.body,
        caller: request.caller,
        identity: { route: ROUTE, key: idempotencyKeyOf(request.headers['idempotency-key']) },
        traceparent: traceparentOf(request),
      })
      return answerWrite(request, reply, intake, { written })
    },
  })
}
