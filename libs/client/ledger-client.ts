import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { isPassing, requestWithRetries, RETRIES_MAX } from './request.js'
import type { Answer, RequestOptions } from './request.js'

/** One event as intake takes it in a batch. */
export interface BatchLine {
  type: string
  subject: string
  data: unknown
}
/** The same, where the compiler knows which data a type has. */
export type EventLine = LedgerEvent extends infer E
  ? E extends LedgerEvent
    ? Pick<E, 'type' | 'subject' | 'data'>
    : never
  : never

export interface ClientOptions {
  /** Base addresses, such as `http://127.0.0.1:4001`. */
  intakeUrl: string
  apiUrl: string
  /** API key; sent with every request. */
  key?: string | undefined
  /** How often a request is sent again after no answer, 429 or 503. Default 8. */
  retriesMax?: number
  /** How long one attempt may take. Default 30,000. */
  attemptMsMax?: number
  signal?: AbortSignal | undefined
}

/** What became of one line of a batch. */
export interface LineResult {
  line: number
  status: number
  /** Of the event, where it was published now or before. */
  event?: string | undefined
  code?: string | undefined
  detail?: string | undefined
}

export interface BatchAnswer {
  results: LineResult[]
  /** Send it back with a read, which then shows all of the batch; undefined if nothing was published. */
  ledgerAfter: string | undefined
}

/** A ledger that runs, over HTTP. */
export interface LedgerClient {
  /**
   * Posts lines as one batch, and again while Kafka does not confirm some of them: the same key and lines have one effect.
   * @throws RequestError for the batch as a whole; what is wrong with a line, to the last retry, is its result
   */
  postBatch(lines: readonly BatchLine[], idempotencyKey: string): Promise<BatchAnswer>
  /** One document of the api. @param after  a token of Ledger-After, to wait for @throws RequestError */
  read<T>(path: string, after?: string): Promise<T>
  /** All items of a list, page after page, at most `itemsMax` (default 100,000). @throws RequestError */
  readAll<T>(path: string, options?: { after?: string | undefined; itemsMax?: number }): Promise<T[]>
}

/** Nothing is sent until the first call; there is nothing to close. */
export function ledgerClient(options: ClientOptions): LedgerClient {
  const send = (url: string, request: RequestOptions) => requestWithRetries(url, request, options)
  const read = async <T>(path: string, after?: string): Promise<T> => {
    const headers = after === undefined ? {} : { 'ledger-after': after }
    const { text } = await send(`${options.apiUrl}${path}`, { method: 'GET', headers })
    return JSON.parse(text) as T
  }
  return {
    read,
    postBatch: (lines, idempotencyKey) =>
      untilPublished(options, async () => {
        const answer = await send(`${options.intakeUrl}/v1/batches`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': idempotencyKey },
          body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        })
        return batchAnswerOf(answer, lines.length)
      }),
    async readAll<T>(
      path: string,
      { after, itemsMax = 100_000 }: { after?: string | undefined; itemsMax?: number } = {},
    ) {
      const items: T[] = []
      for (let cursor: string | null = ''; cursor !== null && items.length < itemsMax;) {
        const page: { items: T[]; next: string | null } = await read(withCursor(path, cursor), after)
        items.push(...page.items)
        cursor = page.next
      }
      return items
    },
  }
}

const PAUSE_MS_MAX = 5_000

/** Posts again, with the same key, while some lines of the answer say that Kafka did not confirm them. */
async function untilPublished(
  { retriesMax = RETRIES_MAX, signal }: ClientOptions,
  post: () => Promise<BatchAnswer>,
): Promise<BatchAnswer> {
  for (let retry = 0; ; retry++) {
    const answer = await post()
    if (retry >= retriesMax || !answer.results.some(({ status }) => isPassing(status))) return answer
    await sleep(Math.min(100 * 2 ** retry, PAUSE_MS_MAX), undefined, signal === undefined ? {} : { signal })
  }
}

const PAGE_ITEMS = 500

function withCursor(path: string, cursor: string): string {
  const next = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_ITEMS}`
  return cursor === '' ? next : `${next}&cursor=${encodeURIComponent(cursor)}`
}

const Result = z.looseObject({
  line: z.int(),
  status: z.int(),
  event: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
})

function batchAnswerOf({ text, headers }: Answer, lines: number): BatchAnswer {
  const results = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Result.parse(JSON.parse(line)))
  if (results.length !== lines)
    throw new Error(`A batch of ${lines} lines was answered with ${results.length} results.`)
  return { results, ledgerAfter: headers.get('ledger-after') ?? undefined }
}
