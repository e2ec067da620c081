import t from 'tap'
import { ReceivedFrames } from './received-frames.js'

const HEAD = 'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n\r\nretry: 2000\nid: 7\n\n'
const frame = (number: number): string => `id: ${number}\nevent: change.asserted\ndata: {"number":${number}}\n\n`

/** One buffer for all reads, as the readers of the benchmark have it: nothing of one read may be left in the next. */
const buffer = Buffer.alloc(4_096)
const readInto = (text: string): number => buffer.fill(0).write(text)

const totalOf = (received: ReceivedFrames): [number, number][] =>
  received.collect().arrivals.map(([number, { laterMs }]) => [number, laterMs.reduce((sum, count) => sum + count, 0)])

t.test('every delivery is counted, however it was cut into reads', (t) => {
  const text = HEAD + frame(8) + frame(9) + ': heartbeat\nid: 9\n\n' + frame(10)
  for (let cut = 1; cut < text.length; cut++) {
    const received = new ReceivedFrames()
    const [whole, parts] = [received.reader(), received.reader()]
    whole.take(buffer, readInto(text), 1)
    for (const part of [text.slice(0, cut), text.slice(cut)]) parts.take(buffer, readInto(part), 2)
    const seen = { last: parts.last, lost: received.lost, total: totalOf(received) }
    const expected = [8, 9, 10].map((number) => [number, 2])
    if (seen.last !== 10 || seen.lost !== 0 || String(seen.total) !== String(expected))
      t.same(seen, { last: 10, lost: 0, total: expected }, `cut at ${cut}`)
  }
  t.end()
})

t.test('the same bytes count again for each reader, with its own moment', (t) => {
  const received = new ReceivedFrames()
  const readers = Array.from({ length: 3 }, () => received.reader())
  for (const reader of readers) reader.take(buffer, readInto(HEAD), 0)
  for (const [index, reader] of readers.entries()) reader.take(buffer, readInto(frame(8) + frame(9)), 5 * index)
  t.equal(received.lost, 0)
  const { arrivals } = received.collect()
  t.same(
    arrivals.map(([number]) => number),
    [8, 9],
  )
  for (const [, { firstAtMs, laterMs }] of arrivals) {
    t.equal(firstAtMs, 0)
    t.same(Object.entries(laterMs), [
      ['0', 1],
      ['5', 1],
      ['10', 1],
    ])
  }
  t.end()
})

t.test('what is missing, doubled or out of order is lost, in bytes that are known too', (t) => {
  for (const [text, lost] of [
    [frame(9), 2],
    [frame(8) + frame(10), 2],
    [frame(8) + frame(8), 2],
    [frame(8) + frame(10) + frame(9), 4],
  ] as const) {
    const received = new ReceivedFrames()
    for (const reader of [received.reader(), received.reader()]) {
      reader.take(buffer, readInto(HEAD), 0)
      reader.take(buffer, readInto(text), 1)
    }
    t.equal(received.lost, lost, text)
  }
  const received = new ReceivedFrames()
  const [first, late] = [received.reader(), received.reader()]
  for (const reader of [first, late]) reader.take(buffer, readInto(HEAD), 0)
  for (const text of [frame(8), frame(9)]) first.take(buffer, readInto(text), 1)
  late.take(buffer, readInto(frame(9)), 2)
  t.equal(received.lost, 1, 'known bytes that do not follow for this reader')
  t.end()
})
