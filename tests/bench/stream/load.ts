/** The readers of the benchmark, a process of its own: started by main.ts with a port and a number of subscribers. */
import { once } from 'node:events'
import net from 'node:net'
import { ReceivedFrames, type Arrivals } from './received-frames.js'

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
const frames = new ReceivedFrames()
/** All sockets read into it, one after the other: memory of its own for each read costs more than what is done with it. */
const buffer = Buffer.allocUnsafeSlow(1 << 17)
let bytes = 0
let broken = 0

for (let index = 0; index < Number(subscribers); index++) await subscribe()
process.send?.({ kind: 'ready' } satisfies LoadMessage)
// main.ts asks for what came since it last asked
process.on('message', () => {
  const { arrivals, lost } = frames.collect()
  process.send?.({ kind: 'measured', arrivals, bytes, lost: lost + broken } satisfies LoadMessage)
  bytes = 0
})
process.on('disconnect', () => process.exit())

/** One reader. Resolves once the stream has begun. */
async function subscribe(): Promise<void> {
  const reader = frames.reader()
  const begun = new Promise<void>((resolve) => {
    const callback = (length: number): boolean => {
      bytes += length
      reader.take(buffer, length, performance.timeOrigin + performance.now())
      if (reader.last !== undefined) resolve()
      return true
    }
    const socket = net.connect({ host: '127.0.0.1', port: Number(port), onread: { buffer, callback } })
    void once(socket, 'close')
      .catch(() => undefined)
      .then(() => broken++)
    socket.write(REQUEST)
  })
  await begun
}
