import type { WriteUseCase } from '../writes/use-case.js'

export const correctStatement: WriteUseCase = {
  path: '/v1/statements/{id}/corrections',
  type: 'ledger.statement.corrected.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Correct the coding of a statement',
  description:
    'Names the event that it corrects (`basedOn`): if the coding was changed since, this has no effect, and its outcome is `stale`.',
}
