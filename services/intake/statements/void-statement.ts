import type { WriteUseCase } from '../writes/use-case.js'

export const voidStatement: WriteUseCase = {
  path: '/v1/statements/{id}/voidings',
  type: 'ledger.statement.voided.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Void a statement',
  description: 'It should never have been recorded. It stays on the record and no longer counts.',
}
