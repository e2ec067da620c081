import type { WriteUseCase } from '../writes/use-case.js'

export const suppressStatement: WriteUseCase = {
  path: '/v1/statements/{id}/suppressions',
  type: 'ledger.statement.suppressed.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Take a statement down',
  description: 'Hidden from every read, those of the past included; in the fold as if voided.',
}
