/**
 * Every error that a caller can meet, by its stable code. A code is never renamed and never reused; the text says what to do next.
 * libs/http/problems.ts gives each its HTTP status; docs/errors.md has its page.
 */
export const ERRORS = {
  // the body as text
  JSON_INVALID: 'The body is not JSON. Send one JSON value in UTF-8.',
  JSON_DUPLICATE_KEY: 'An object gives one key twice. Remove one of the two.',
  JSON_NUL: 'Text contains the NUL character. Remove it.',
  JSON_LONE_SURROGATE: 'Text contains half a surrogate pair. Send well-formed Unicode.',
  JSON_TOO_DEEP: 'The JSON is nested more deeply than any document of ours. Flatten it.',
  BODY_TOO_LARGE: 'The body is larger than this route takes. Split it.',
  BODY_MISSING: 'This route needs a body.',
  CONTENT_TYPE_UNSUPPORTED: 'This route does not read that content type. Send the one named in the detail.',
  // the shape
  FIELD_UNKNOWN: 'The field is not known here. Check its spelling against the schema.',
  FIELD_MISSING: 'A required field is missing.',
  FIELD_INVALID: 'The field does not have the form that the schema asks for.',
  VALUE_UNKNOWN: 'The value is not in the closed list of this field.',
  PARAMETER_UNKNOWN: 'The query parameter is not known here. Check its spelling against the OpenAPI document.',
  PARAMETER_INVALID: 'The query parameter does not have the form that it needs.',
  PARAMETERS_CONTRADICTORY: 'These query parameters cannot go together. The detail says which.',
  // dates
  DATE_INVALID: 'The date is not a possible date in EDTF (levels 0 and 1, intervals and one-of sets).',
  DATE_AFTER_PUBLICATION: 'The statement would have been made after the report of it was published. Check both dates.',
  DATE_ORDER: 'The earliest day comes after the latest.',
  // references
  ACTOR_UNKNOWN: 'No such actor is registered. Register it first.',
  OFFICE_UNKNOWN: 'No such office is registered. Register it first.',
  OFFICE_NOT_HELD: 'The speaker does not hold this office.',
  DOSSIER_UNKNOWN: 'No such dossier is registered. Register it first.',
  MATTER_UNKNOWN: 'No such matter is registered. Register it first.',
  MATTER_NOT_IN_DOSSIER: 'The matter belongs to another dossier.',
  SOURCE_UNKNOWN: 'No such source is registered. Register it first.',
  REPORT_UNKNOWN: 'No such report is registered.',
  STATEMENT_UNKNOWN: 'No such statement is recorded.',
  EVENT_UNKNOWN: 'No such event is recorded.',
  CHANGE_UNKNOWN: 'No such change is known.',
  KEY_UNKNOWN: 'No such API key is issued.',
  RECORD_UNKNOWN: 'No such record is quarantined.',
  POSITION_UNKNOWN: 'The actor, matter or facet of this position is not known.',
  // the domain
  ALREADY_REGISTERED: 'An entity with this id is registered already. Post a revision instead.',
  ALREADY_RECORDED: 'A statement with this id is recorded already. Attach evidence to it, or correct it.',
  ALIAS_TAKEN: 'The alias already leads to another actor.',
  STANCES_OVERLAP: 'Two stances of one statement are on the same matter and facet with overlapping scopes.',
  MATTER_CYCLE: 'The matter would be broader than itself.',
  MERGE_INVALID: 'These cannot be merged: one is unknown, the survivor itself, or merged away already.',
  BASE_STALE: 'The statement has been corrected since. Read it again and correct what it says now.',
  // identity
  ID_REUSED: 'This id or Idempotency-Key was used for another payload. Use a new one.',
  IDEMPOTENCY_KEY_INVALID: 'An Idempotency-Key is 1 to 200 printable ASCII characters.',
  // records on topics
  EVENT_INVALID: 'The record is not a CloudEvent that this ledger reads.',
  EVENT_TYPE_UNKNOWN: 'The event type or its version is not known.',
  RECORD_TOO_LARGE: 'The record is larger than this ledger reads.',
  RECORD_EMPTY: 'The record has no value.',
  RECORD_UNREADABLE: 'The record is compressed with a codec that this ledger does not read. Publish with gzip or none.',
  TOPIC_WRONG: 'Events of this type do not belong on this topic.',
  PARTITION_WRONG: 'The record is not in the partition that its key belongs to.',
  // access
  KEY_MISSING: 'Send an API key: `Authorization: Bearer <key>`.',
  KEY_INVALID: 'The API key is not valid, has expired or was revoked.',
  SCOPE_MISSING: 'The API key does not have the scope that this route needs.',
  RATE_LIMITED: 'Too many requests. Wait as Retry-After says.',
  // reads
  ROUTE_UNKNOWN: 'There is nothing at this address. The OpenAPI document lists what there is.',
  METHOD_NOT_ALLOWED: 'This address does not take that method.',
  NOT_ACCEPTABLE: 'None of the media types that you accept is served here.',
  NUMBER_AHEAD: 'The feed of changes has not come to this number. Resume from one that it gave you, or from 0.',
  STREAM_TOO_SLOW: 'You read more slowly than changes come. Resume from the last id that you have.',
  CURSOR_INVALID: 'This is not a cursor of this list. Start again without it.',
  TOKEN_INVALID: 'This is not a Ledger-After token.',
  CLOCK_INVALID: 'asOf and publicAt are days (YYYY-MM-DD); knownAt is an instant with a zone.',
  CLOCK_FUTURE: 'knownAt lies in the future: nobody knows yet what will be known then.',
  CLOCK_NEEDS_FILTER: 'A read with knownAt needs an actor or a dossier.',
  KNOWN_AT_BEHIND: 'This ledger has not yet read everything that was recorded by then. Try again shortly.',
  REDUCER_CHANGED:
    'This ledger folds by another reducer than the one that is cited. Leave the parameter out to read what it comes to now.',
  SUPPRESSED: 'This content was taken down.',
  NOT_YET_VISIBLE: 'What you wrote is published but not yet visible here. Try again as Retry-After says.',
  RESULT_TOO_LARGE: 'The answer would be larger than one read may return. Narrow the filter.',
  HEADER_INVALID: 'A request header does not have the form that it needs.',
  HEADERS_TOO_LARGE:
    'The headers of the request are larger than this server reads. Send fewer, or shorten the address.',
  REQUEST_TOO_SLOW: 'The request did not arrive whole in time. Send it again, faster.',
  URL_TOO_LONG: 'The address is longer than this server reads.',
  TIMED_OUT: 'The request took longer than allowed. Narrow it, or try again.',
  // the service
  PUBLISH_FAILED:
    'Kafka did not confirm the write in time. It may have been published: try again with the same Idempotency-Key.',
  NOT_READY: 'The service is not ready. Try again as Retry-After says.',
  OVERLOADED: 'The service is busy. Try again as Retry-After says.',
  INTERNAL: 'Something failed here. Quote the request id when you report it.',
} as const

export type ErrorCode = keyof typeof ERRORS

/** One thing that is wrong, and where: `pointer` is a JSON pointer into the body, or the name of a header or parameter. */
export interface Fault {
  code: ErrorCode
  detail: string
  pointer?: string
}

/** A caller's mistake, or a state of the service that a caller must know of. Mapped to a problem by libs/http/problems.ts. */
export class LedgerError extends Error {
  readonly code: ErrorCode
  readonly faults: readonly Fault[]
  readonly retryAfterSeconds: number | undefined
  constructor(
    code: ErrorCode,
    options: { detail?: string; faults?: readonly Fault[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(options.detail ?? ERRORS[code], { cause: options.cause })
    this.name = 'LedgerError'
    this.code = code
    this.faults = options.faults ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
