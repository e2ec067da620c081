/** The readers of the benchmark, a process of its own: started by main.ts with a port and a number of subscribers. */
import net from 'node:net'

/** What came of one number: when the first reader had it, and how many had it how much later. */
export interface Arrivals {
  readonly firstAtMs: number
  /** Readers by whole milliseconds after the first. */
  readonly laterMs: number[]
}

/** What it tells main.ts. Moments of `performance.timeOrigin + performance.now()`. */
export type LoadMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'measured'
      readonly arrivals: [number: number, arrivals: Arrivals][]
      readonly bytes: number
      readonly lost: number
    }

const [port = '', subscribers = ''] = process.argv.slice(2)
const REQUEST = `GET /v1/changes/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n`
const ID = Buffer.from('\nid: ')
/** How a line begins that follows the id of an event; after that of a heartbeat none does. */
const EVENT = 'e'.charCodeAt(0)
const arrivals = new Map<number, Arrivals>()
let bytes = 0
let lost = 0

for (let index = 0; index < Number(subscribers); index++) await subscribe()
process.send?.({ kind: 'ready' } satisfies LoadMessage)
// main.ts asks for what came since it last asked
process.on('message', () => {
  process.send?.({ kind: 'measured', arrivals: [...arrivals], bytes, lost } satisfies LoadMessage)
  arrivals.clear()
  bytes = 0
})
process.on('disconnect', () => process.exit())

/** One reader. Resolves once the stream has begun. */
async function subscribe(): Promise<void> {
  const socket = net.connect(Number(port), '127.0.0.1')
  let last = 0
  let rest: Buffer = Buffer.alloc(0)
  const begun = new Promise<void>((resolve) => socket.once('data', () => resolve()))
  socket.on('error', () => lost++)
  socket.on('data', (chunk) => {
    bytes += chunk.length
    const now = performance.timeOrigin + performance.now()
    const text = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = text.indexOf(ID)
    let done = 0
    while (at >= 0) {
      const end = text.indexOf('\n\n', at + 1)
      if (end < 0) break
      const number = numberAt(text, at + ID.length)
      const isEvent = text[at + ID.length + String(number).length + 1] === EVENT
      if (isEvent) {
        if (last > 0 && number !== last + 1) lost++
        arrived(number, now)
      }
      last = number
      done = end
      at = text.indexOf(ID, end)
    }
    rest = Buffer.from(text.subarray(done))
  })
  socket.write(REQUEST)
  await begun
}

function numberAt(text: Buffer, start: number): number {
  let number = 0
  for (let at = start; ; at++) {
    const digit = (text[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return number
    number = 10 * number + digit
  }
}

function arrived(number: number, nowMs: number): void {
  const known = arrivals.get(number)
  if (!known) {
    arrivals.set(number, { firstAtMs: nowMs, laterMs: [1] })
    return
  }
  const later = Math.round(nowMs - known.firstAtMs)
  known.laterMs[later] = (known.laterMs[later] ?? 0) + 1
}
