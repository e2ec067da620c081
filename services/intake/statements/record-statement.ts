import type { WriteUseCase } from '../writes/use-case.js'

export const recordStatement: WriteUseCase = {
  path: '/v1/statements',
  type: 'ledger.statement.recorded.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Record a statement',
  description:
    'One speaker, one occasion, with its evidence. Actors may be named by alias. What was said on one occasion about two dossiers is two statements with one `occasionId`.',
}
