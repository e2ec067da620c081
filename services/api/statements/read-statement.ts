import { LedgerError } from '#libs/contracts/error-codes.js'
import { StatementResource } from '#libs/contracts/resources.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { renderStatement } from '#libs/resources/statement-resource.js'
import { z } from 'zod'
import { redirectTo, segment, sendJson } from '../answers.js'
import { answers, idText, MOVED_PERMANENTLY } from '../describe.js'
import type { LedgerReads, LiveRow } from '../reads/snapshot.js'
import type { Route } from '../route.js'
import { READ_STATEMENT } from './statements.sql.js'

export const statementPath = z.object({ id: idText.meta({ description: 'Id of the statement', examples: ['uw-044'] }) })

/** GET /v1/statements/{id} */
export const readStatement: Route = (api, { reads }) => {
  api.get(
    '/v1/statements/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Statements'],
        summary: 'Read one statement',
        description: 'A statement that was merged away leads to its survivor; one that was voided says so.',
        params: statementPath,
        response: {
          ...answers(StatementResource, 'The statement', ['STATEMENT_UNKNOWN', 'SUPPRESSED']),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const found = await findStatement(reads, request.params.id)
      if (found.mergedInto !== null) return redirectTo(request, reply, `/v1/statements/${segment(found.mergedInto)}`)
      return sendJson(request, reply, JSON.stringify(renderStatement(JSON.parse(found.state) as StatementState)))
    },
  )
}

/** @throws LedgerError STATEMENT_UNKNOWN; SUPPRESSED for what was taken down */
export const findStatement = async (
  reads: LedgerReads,
  id: string,
): Promise<{ state: string; mergedInto: string | null }> => {
  const [row] = await reads.query<StatementRow>({ name: 'read-statement', text: READ_STATEMENT }, [id])
  const state = row?.state ?? null
  if (row === undefined || state === null) throw new LedgerError('STATEMENT_UNKNOWN')
  if (row.hidden === true) throw new LedgerError('SUPPRESSED')
  return { state, mergedInto: row.merged_into }
}

interface StatementRow extends LiveRow {
  hidden: boolean | null
  merged_into: string | null
  state: string | null
}
