import pRetry, { AbortError } from 'p-retry'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RequestOptions {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: Headers
  text: string
}

export interface RetryOptions {
  key?: string | undefined
  retriesMax?: number
  attemptMsMax?: number
  signal?: AbortSignal | undefined
}

/** A request that was answered with a problem, or not at all within the retries. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** 0: there was no answer. */
  readonly status: number
  /** Of the catalogue, where the answer was a problem of ours. */
  readonly code: string | undefined
  constructor(message: string, status: number, code: string | undefined, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

export const RETRIES_MAX = 8
const ATTEMPT_MS_MAX = 30_000
const AGAIN = new Set([429, 502, 503, 504])
/** Whether an answer says that the same request may succeed later. */
export const isPassing = (status: number): boolean => AGAIN.has(status)

/**
 * Sends a request, and again after no answer, 429 or 503, waiting as the server says or 0.1, 0.2, 0.4 … 5 s. Only for what
 * may be sent twice: reads, and writes with an Idempotency-Key.
 * @throws RequestError for any other status from 400 on, and when the retries are used up
 */
export function requestWithRetries(url: string, request: RequestOptions, options: RetryOptions): Promise<Answer> {
  return pRetry(
    async () => {
      const answer = await attempt(url, request, options)
      if (answer.status < 400) return answer
      const error = problemOf(url, request, answer)
      if (!isPassing(answer.status)) throw new AbortError(error)
      await waitAsAsked(answer, options.signal)
      throw error
    },
    {
      retries: options.retriesMax ?? RETRIES_MAX,
      minTimeout: 100,
      factor: 2,
      maxTimeout: 5_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  )
}

async function attempt(url: string, { method, headers, body }: RequestOptions, options: RetryOptions): Promise<Answer> {
  const limit = AbortSignal.timeout(options.attemptMsMax ?? ATTEMPT_MS_MAX)
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }) },
      signal: options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]),
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (cause) {
    // fetch says no more than "fetch failed"; why is in the cause of the cause
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause : cause).message : String(cause)
    throw new RequestError(`${method} ${url}: no answer (${reason}).`, 0, undefined, { cause })
  }
}

function problemOf(url: string, { method }: RequestOptions, { status, text }: Answer): RequestError {
  let problem: { code?: string; detail?: string; title?: string } = {}
  try {
    problem = JSON.parse(text) as typeof problem
  } catch {
    // not ours: a proxy, perhaps
  }
  const said = [problem.code, problem.detail ?? problem.title ?? text.slice(0, 300)].filter(Boolean).join(': ')
  return new RequestError(`${method} ${url}: ${status} ${said}`, status, problem.code)
}

const RETRY_AFTER_SECONDS_MAX = 10

async function waitAsAsked({ headers }: Answer, signal: AbortSignal | undefined): Promise<void> {
  const seconds = Math.min(Number(headers.get('retry-after') ?? 0) || 0, RETRY_AFTER_SECONDS_MAX)
  if (seconds > 0) await sleep(seconds * 1000, undefined, signal === undefined ? {} : { signal })
}
