import { z } from 'zod'
import { ERRORS, LedgerError, type ErrorCode, type Fault } from '#libs/contracts/error-codes.js'

/** The only place where a code meets a status; a code without one does not compile. */
export const STATUS = {
  JSON_INVALID: 400,
  JSON_DUPLICATE_KEY: 400,
  JSON_NUL: 400,
  JSON_LONE_SURROGATE: 400,
  JSON_TOO_DEEP: 400,
  BODY_TOO_LARGE: 413,
  BODY_MISSING: 400,
  CONTENT_TYPE_UNSUPPORTED: 415,
  FIELD_UNKNOWN: 422,
  FIELD_MISSING: 422,
  FIELD_INVALID: 422,
  VALUE_UNKNOWN: 422,
  PARAMETER_UNKNOWN: 400,
  PARAMETER_INVALID: 400,
  PARAMETERS_CONTRADICTORY: 400,
  DATE_INVALID: 422,
  DATE_AFTER_PUBLICATION: 422,
  DATE_ORDER: 422,
  ACTOR_UNKNOWN: 404,
  OFFICE_UNKNOWN: 404,
  OFFICE_NOT_HELD: 422,
  DOSSIER_UNKNOWN: 404,
  MATTER_UNKNOWN: 404,
  MATTER_NOT_IN_DOSSIER: 422,
  SOURCE_UNKNOWN: 404,
  REPORT_UNKNOWN: 404,
  STATEMENT_UNKNOWN: 404,
  EVENT_UNKNOWN: 404,
  CHANGE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  RECORD_UNKNOWN: 404,
  POSITION_UNKNOWN: 404,
  ALREADY_REGISTERED: 409,
  ALREADY_RECORDED: 409,
  ALIAS_TAKEN: 409,
  STANCES_OVERLAP: 422,
  MATTER_CYCLE: 422,
  MERGE_INVALID: 422,
  BASE_STALE: 409,
  ID_REUSED: 422,
  IDEMPOTENCY_KEY_INVALID: 400,
  EVENT_INVALID: 422,
  EVENT_TYPE_UNKNOWN: 422,
  RECORD_TOO_LARGE: 422,
  RECORD_EMPTY: 422,
  RECORD_UNREADABLE: 422,
  TOPIC_WRONG: 422,
  PARTITION_WRONG: 422,
  KEY_MISSING: 401,
  KEY_INVALID: 401,
  SCOPE_MISSING: 403,
  RATE_LIMITED: 429,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  NUMBER_AHEAD: 400,
  STREAM_TOO_SLOW: 503,
  CURSOR_INVALID: 400,
  TOKEN_INVALID: 400,
  CLOCK_INVALID: 400,
  CLOCK_FUTURE: 400,
  CLOCK_NEEDS_FILTER: 400,
  KNOWN_AT_BEHIND: 409,
  REDUCER_CHANGED: 409,
  SUPPRESSED: 410,
  NOT_YET_VISIBLE: 503,
  RESULT_TOO_LARGE: 422,
  HEADER_INVALID: 400,
  HEADERS_TOO_LARGE: 431,
  REQUEST_TOO_SLOW: 408,
  URL_TOO_LONG: 414,
  TIMED_OUT: 503,
  PUBLISH_FAILED: 503,
  NOT_READY: 503,
  OVERLOADED: 503,
  INTERNAL: 500,
} satisfies Record<ErrorCode, number>

/** RFC 9457, as every error of ours goes out: `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe('Where the code is explained, relative to the documentation'),
    title: z.string().describe('What the code means and what to do next; the same for every problem of this code'),
    status: z.int().describe('The HTTP status, once more'),
    // open: a new code is no break of a promise, and callers must expect some that they do not know
    code: z.string().meta({
      description: 'Stable: decide by it, not by the texts. More can be added',
      examples: ['PARAMETER_INVALID'],
      'x-extensible-enum': Object.keys(ERRORS),
    }),
    detail: z.string().describe('What is wrong this time'),
    requestId: z.string().optional().describe('Quote it when you report this'),
    event: z.string().optional().describe('Id of the event that may have been published'),
    errors: z
      .array(
        z.object({
          code: z.string().describe('What is wrong with this one, as a code of the catalogue'),
          pointer: z.string().optional().describe('JSON pointer into the body, or the name of a parameter or header'),
          detail: z.string().describe('What is wrong with this one, in words'),
        }),
      )
      .optional()
      .describe('Each thing that is wrong, at most 20'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })
export type Problem = z.output<typeof Problem>

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** An error as it goes on the wire. `detail` and `faults` of a LedgerError are for callers; of anything else nothing is told. */
export function problemOf(error: LedgerError, requestId?: string): Problem {
  return {
    type: `/problems/${error.code}`,
    title: ERRORS[error.code],
    status: statusOf(error),
    code: error.code,
    detail: error.message,
    ...(requestId === undefined ? {} : { requestId }),
    ...(error.faults.length === 0 ? {} : { errors: error.faults.map(wireFault) }),
  }
}

/** A resource that is not there is 404; a body that refers to one is a body that cannot be processed. */
function statusOf(error: LedgerError): number {
  const status: number = STATUS[error.code]
  return status === 404 && error.faults.some((fault) => fault.pointer?.startsWith('/')) ? 422 : status
}

const wireFault = ({ code, pointer, detail }: Fault) => ({
  code,
  ...(pointer === undefined ? {} : { pointer }),
  detail,
})

/** Several faults as one error: the first gives the code. @param faults at least one */
export function errorOfFaults(faults: readonly Fault[]): LedgerError {
  const [first] = faults
  if (!first) throw new Error('an error needs at least one fault')
  const where = first.pointer === undefined ? '' : `${first.pointer || 'the body'} `
  return new LedgerError(first.code, { detail: `${where}${first.detail}`, faults: faults.slice(0, 20) })
}
