import type { WriteUseCase } from '../writes/use-case.js'

export const attachEvidence: WriteUseCase = {
  path: '/v1/statements/{id}/evidence',
  type: 'ledger.evidence.attached.v1',
  scope: 'record',
  tag: 'statements',
  summary: 'Attach evidence to a statement',
  description: 'Further reports of the same utterance. They may date it more closely.',
}
