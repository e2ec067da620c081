import type { WriteUseCase } from '../writes/use-case.js'

/** Reports are description only; the fold reads what evidence says of them, as it was when it was recorded. */
export const REPORT_USE_CASES: readonly WriteUseCase[] = [
  {
    path: '/v1/reports',
    type: 'ledger.report.registered.v1',
    scope: 'register',
    tag: 'reports',
    summary: 'Register a report',
    description: 'One published document of a source.',
  },
  {
    path: '/v1/reports/{id}/revisions',
    type: 'ledger.report.revised.v1',
    scope: 'register',
    tag: 'reports',
    summary: 'Revise a report',
    description: 'The fields that it gives replace those of before. Evidence that was recorded keeps what it says.',
  },
]
