import type { WriteUseCase } from '../writes/use-case.js'

export const mergeStatements: WriteUseCase = {
  path: '/v1/statements/{id}/merges',
  type: 'ledger.statements.merged.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Merge statements into this one',
  description:
    'They are one utterance. Its evidence is that of all; later events on those merged away apply to this one.',
}
