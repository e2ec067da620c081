import type { WriteUseCase } from '../writes/use-case.js'

export const retractStatement: WriteUseCase = {
  path: '/v1/statements/{id}/retractions',
  type: 'ledger.statement.retracted.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Record that a statement was taken back',
  description: 'By the actor itself, with reports of it. A statement that was never made is voided instead.',
}
