import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { until } from '#tests/libs/kafka/kafka.js'

/** One event as a reader of the stream has it. */
export interface StreamEvent {
  readonly id: number
  readonly event: string
  readonly data: string
  /** As it came. */
  readonly frame: string
}

/** A reader of the stream that keeps all that it got. */
export interface EventStream {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Of an answer that is no stream. */
  readonly problem: { readonly code?: string }
  readonly events: StreamEvent[]
  /** Last id that was received, that of a heartbeat or of the beginning included. */
  lastId(): string
  comments(): number
  /** Its last event, if the ledger ended it. */
  closed(): { readonly code: string; readonly lastEventId: string } | undefined
  /** Waits until the change of a number has come. */
  untilId(id: number): Promise<void>
  untilEnded(): Promise<void>
  /** Takes nothing in until `resume`. */
  pause(): void
  resume(): void
  close(): void
}

export const openStream = async (
  baseUrl: string,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> => {
  // a connection of its own, without a pool
  const request = http.get(`${baseUrl}/v1/changes/stream${query}`, { agent: false, headers })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const read = { events: [] as StreamEvent[], lastId: '', comments: 0, closed: undefined as string | undefined }
  let rest = ''
  let ended = false
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) takeBlock(block, read)
  })
  response.on('close', () => (ended = true))
  response.on('error', () => undefined)
  if (response.statusCode !== 200) await until(() => ended)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    problem: response.statusCode === 200 ? {} : (JSON.parse(rest) as { code: string }),
    events: read.events,
    lastId: () => read.lastId,
    comments: () => read.comments,
    closed: () => (read.closed === undefined ? undefined : (JSON.parse(read.closed) as never)),
    untilId: (id) => until(() => read.events.some((event) => event.id >= id)),
    untilEnded: () => until(() => ended),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => request.destroy(),
  }
}

const takeBlock = (
  block: string,
  read: { events: StreamEvent[]; lastId: string; comments: number; closed: string | undefined },
): void => {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const { id, event, data } = Object.fromEntries(fields) as Record<string, string | undefined>
  if (fields.has('')) read.comments++
  if (id !== undefined) read.lastId = id
  if (event === 'closed') read.closed = data
  else if (id !== undefined && event !== undefined && data !== undefined)
    read.events.push({ id: Number(id), event, data, frame: `${block}\n\n` })
}
