/** What came of one number: when the first reader had it, and how many had it how much later. */
export interface Arrivals {
  readonly firstAtMs: number
  /** Readers by whole milliseconds after the first. */
  readonly laterMs: number[]
}

/** Whole frames as one read brought them, without a gap between their numbers. */
interface KnownRead {
  readonly bytes: Buffer
  readonly first: number
  readonly last: number
  readonly arrivals: readonly Arrivals[]
}

/** Reads that are told from others by their bytes: some are on their way to different readers at a time. */
const KNOWN_MAX = 32
const ID = Buffer.from('id: ')
const LATER_ID = Buffer.from('\nid: ')
/** How a line begins that follows the id of an event; after that of a heartbeat none does. */
const EVENT = 'e'.charCodeAt(0)

/**
 * Counts the deliveries of all readers. Every number and its place are looked at, which at some hundred thousand a second takes
 * a core; so a read that has the same bytes as another is not looked through again: what is in it is known.
 */
export class ReceivedFrames {
  /** Numbers that did not follow. */
  lost = 0
  #arrivals = new Map<number, Arrivals>()
  #known: KnownRead[] = []

  reader(): FrameReader {
    return new FrameReader(this)
  }

  /** What came since it was last asked. */
  collect(): { arrivals: [number, Arrivals][]; lost: number } {
    const arrivals = [...this.#arrivals]
    this.#arrivals = new Map()
    this.#known = []
    return { arrivals, lost: this.lost }
  }

  arrived(number: number, nowMs: number): Arrivals {
    const known = this.#arrivals.get(number)
    if (known) {
      count(known, nowMs)
      return known
    }
    const arrivals = { firstAtMs: nowMs, laterMs: [1] }
    this.#arrivals.set(number, arrivals)
    return arrivals
  }

  /** The read of the same bytes, counted as another one. */
  known(buffer: Buffer, length: number, nowMs: number): KnownRead | undefined {
    for (let index = this.#known.length - 1; index >= 0; index--) {
      const known = this.#known[index]
      if (known?.bytes.length !== length || known.bytes.compare(buffer, 0, length) !== 0) continue
      for (const arrivals of known.arrivals) count(arrivals, nowMs)
      return known
    }
    return undefined
  }

  remember(read: KnownRead): void {
    this.#known.push(read)
    if (this.#known.length > KNOWN_MAX) this.#known.shift()
  }
}

const count = ({ firstAtMs, laterMs }: Arrivals, nowMs: number): void => {
  // the clock of one process does not go back
  const later = Math.round(nowMs - firstAtMs)
  laterMs[later] = (laterMs[later] ?? 0) + 1
}

/** What one reader has. */
export class FrameReader {
  /** The number of its last id; undefined before the stream has begun. */
  last: number | undefined
  #rest: Buffer = Buffer.alloc(0)

  constructor(readonly frames: ReceivedFrames) {}

  /** Takes the first `length` bytes of a buffer, which is used again afterwards. */
  take(buffer: Buffer, length: number, nowMs: number): void {
    const isWhole = this.#rest.length === 0 && this.last !== undefined
    const known = isWhole ? this.frames.known(buffer, length, nowMs) : undefined
    if (known) {
      this.#follow(known.first)
      this.last = known.last
      return
    }
    const read = buffer.subarray(0, length)
    const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, read]) : read
    const { lost } = this.frames
    const { end, found } = this.#readFrames(text, nowMs)
    this.#rest = Buffer.from(text.subarray(end))
    const [first, last] = [found[0]?.number, found.at(-1)?.number]
    if (!isWhole || end < length || lost !== this.frames.lost) return
    if (first === undefined || last === undefined || last !== this.last) return
    this.frames.remember({ bytes: Buffer.from(read), first, last, arrivals: found.map((one) => one.arrivals) })
  }

  /** @returns where the last whole frame ends, and the events */
  #readFrames(text: Buffer, nowMs: number) {
    const found: { number: number; arrivals: Arrivals }[] = []
    let at = 0
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', at)) {
      const start = startOfNumber(text, at, end)
      const number = start === undefined ? undefined : numberAt(text, start)
      if (number !== undefined && start !== undefined) {
        if (text[start + String(number).length + 1] === EVENT) {
          this.#follow(number)
          found.push({ number, arrivals: this.frames.arrived(number, nowMs) })
        }
        this.last = number
      }
      at = end + 2
    }
    return { end: at, found }
  }

  #follow(number: number): void {
    if (this.last !== undefined && number !== this.last + 1) this.frames.lost++
  }
}

/** Frames begin with their id; a heartbeat, and what comes before the first event, have it later. */
const startOfNumber = (text: Buffer, at: number, end: number): number | undefined => {
  if (text.compare(ID, 0, ID.length, at, at + ID.length) === 0) return at + ID.length
  const line = text.indexOf(LATER_ID, at)
  return line >= 0 && line < end ? line + LATER_ID.length : undefined
}

const numberAt = (text: Buffer, start: number): number => {
  let number = 0
  for (let at = start; ; at++) {
    const digit = (text[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return number
    number = 10 * number + digit
  }
}
