import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Socket } from 'node:net'
import { ERRORS, LedgerError, type ErrorCode, type Fault } from '#libs/contracts/error-codes.js'
import { InvalidRequest } from './request-validation.js'
import { errorOfFaults, problemOf, PROBLEM_TYPE, STATUS } from './problems.js'

/** Every error leaves as a problem; what is not a caller's is logged, and leaves as INTERNAL. */
export function addErrorHandling(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | LedgerError | InvalidRequest, request, reply) => {
    void sendProblem(reply, ledgerErrorOf(error, request))
  })
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request, routes)
    if (methods.length > 0) reply.header('allow', methods.join(', '))
    // what an address takes is no secret: it is in the OpenAPI document
    if (methods.length > 0 && request.method === 'OPTIONS') void reply.code(204).send()
    else void sendProblem(reply, notFound(methods))
  })
  const routes: KnownRoute[] = []
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() })
  })
}

export function sendProblem(reply: FastifyReply, error: LedgerError): FastifyReply {
  const problem = problemOf(error, reply.request.id)
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  else if (problem.status === 503) reply.header('retry-after', '1')
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify({ ...problem, ...extensionsOf(error) }))
}

/** Members of a problem beside those that all have. */
const extensionsOf = (error: LedgerError): object => (error instanceof ProblemWithEvent ? { event: error.event } : {})

/** A problem of a write whose event may have been published all the same. */
export class ProblemWithEvent extends LedgerError {
  readonly event: string
  constructor(event: string, ...args: ConstructorParameters<typeof LedgerError>) {
    super(...args)
    this.event = event
  }
}

const CODE_OF_FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_MISSING',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'HEADER_INVALID',
  FST_ERR_HANDLER_TIMEOUT: 'TIMED_OUT',
  FST_ERR_BAD_URL: 'PARAMETER_INVALID',
  FST_ERR_MAX_PARAM_LENGTH: 'PARAMETER_INVALID',
  FST_ERR_REOPENED_CLOSE_SERVER: 'NOT_READY',
}

function ledgerErrorOf(error: FastifyError | LedgerError | InvalidRequest, request: FastifyRequest): LedgerError {
  if (error instanceof LedgerError) {
    if (STATUS[error.code] >= 500 && error.cause !== undefined)
      request.log.warn({ err: error.cause, code: error.code }, 'A request could not be served.')
    return error
  }
  if (error instanceof InvalidRequest) return validationError(error, request)
  const code = CODE_OF_FASTIFY[error.code]
  if (code === 'CONTENT_TYPE_UNSUPPORTED') return errorAt('content-type', code, contentTypeDetail(request))
  if (code) return code.startsWith('BODY_') ? errorAt('', code) : new LedgerError(code)
  if (error.statusCode !== undefined && error.statusCode < 500) {
    request.log.info({ err: error }, 'A request was malformed.')
    return new LedgerError('HEADER_INVALID', { detail: 'The request is malformed.' })
  }
  request.log.error({ err: error }, 'A request failed.')
  return new LedgerError('INTERNAL')
}

const errorAt = (pointer: string, code: ErrorCode, detail: string = ERRORS[code]): LedgerError =>
  new LedgerError(code, { detail, faults: [{ code, pointer, detail }] })

const contentTypeDetail = (request: FastifyRequest): string => {
  const taken = request.url.startsWith('/v1/batches') ? 'application/x-ndjson' : 'application/json'
  return `This route reads ${taken}.`
}

function validationError({ faults, validationContext }: InvalidRequest, request: FastifyRequest): LedgerError {
  if (validationContext !== 'body')
    return errorOfFaults(faults.map((fault) => parameterFault(fault, validationContext)))
  return request.body === undefined ? errorAt('', 'BODY_MISSING') : errorOfFaults(faults)
}

function parameterFault({ code, pointer, detail }: Fault, context: InvalidRequest['validationContext']): Fault {
  const name = (pointer ?? '').slice(1)
  if (context === 'headers') return { code: 'HEADER_INVALID', pointer: name, detail }
  if (context === 'querystring' && code === 'FIELD_UNKNOWN')
    return { code: 'PARAMETER_UNKNOWN', pointer: name, detail: 'is not a parameter here' }
  return { code: 'PARAMETER_INVALID', pointer: name, detail }
}

/** An address that cannot be decoded, or has a part beyond all bounds, comes to no route, and so to no hook and no error handler. */
export function onRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
  void sendProblem(reply, ledgerErrorOf(error, request))
}

interface KnownRoute {
  readonly pattern: RegExp
  readonly methods: readonly string[]
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.includes(':') || part === '*' ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}$`,
  )

/** What an address takes; [] where there is none. */
function methodsOf(request: FastifyRequest, routes: readonly KnownRoute[]): string[] {
  const [path = ''] = request.url.split('?', 1)
  const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods)
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort()
}

function notFound(methods: readonly string[]): LedgerError {
  if (methods.length === 0) return new LedgerError('ROUTE_UNKNOWN')
  return new LedgerError('METHOD_NOT_ALLOWED', { detail: `This address takes ${methods.join(', ')}.` })
}

/** What is not HTTP, or has headers beyond all bounds, never reaches a route. Node calls this; the connection is then closed. */
export function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, reason] = CLIENT_ERRORS[error.code ?? ''] ?? ['HEADER_INVALID', 'Bad Request']
  const status = STATUS[code]
  const title = ERRORS[code]
  const body = JSON.stringify({ type: `/problems/${code}`, title, status, code, detail: title })
  const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`)
}

const CLIENT_ERRORS: Record<string, readonly [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TOO_SLOW', 'Request Timeout'],
}
