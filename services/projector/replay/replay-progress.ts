import { SingleBar } from 'cli-progress'

/** How far a replay is, for a person who waits for it. */
export interface ReplayProgress extends Disposable {
  /** Another part of the work begins; a total of 0 is one that cannot be counted. */
  phase(sentence: string, total?: number): void
  /** Records done since the last call, or parts of them. */
  advance(count: number): void
  /** How many records the live generation is ahead. */
  lag(records: number): void
}

/** A bar with rate, time left and lag on a terminal; a line every few seconds where standard error is a file or a pipe. */
export const showReplayProgress = (): ReplayProgress => (process.stderr.isTTY ? barProgress() : lineProgress())

class Counter {
  sentence = ''
  total = 0
  done = 0
  lagRecords: number | null = null
  #startMs = performance.now()

  begin(sentence: string, total: number): void {
    this.sentence = sentence
    this.total = total
    this.done = 0
    this.#startMs = performance.now()
  }

  get perSecond(): number {
    return Math.round(this.done / Math.max((performance.now() - this.#startMs) / 1_000, 0.001))
  }

  get secondsLeft(): number | null {
    const rate = this.perSecond
    return rate === 0 || this.total === 0 ? null : Math.ceil(Math.max(0, this.total - this.done) / rate)
  }

  get lagText(): string {
    return this.lagRecords === null ? '' : `  lag ${this.lagRecords}`
  }
}

const barProgress = (): ReplayProgress => {
  const counter = new Counter()
  let bar: SingleBar | undefined
  const payload = () => ({
    rate: counter.perSecond,
    left: counter.secondsLeft === null ? '?' : `${counter.secondsLeft} s`,
    lag: counter.lagText,
  })
  return {
    phase: (sentence, total = 0) => {
      bar?.stop()
      bar = undefined
      counter.begin(sentence, total)
      if (total === 0) {
        process.stderr.write(`${sentence}\n`)
        return
      }
      bar = new SingleBar({
        format: `${sentence} [{bar}] {percentage}%  {value}/{total} events  {rate}/s  {left} left{lag}`,
        stream: process.stderr,
        hideCursor: true,
        fps: 5,
      })
      bar.start(total, 0, payload())
    },
    advance: (count) => {
      counter.done += count
      bar?.update(Math.min(Math.floor(counter.done), counter.total), payload())
    },
    lag: (records) => {
      counter.lagRecords = records
    },
    [Symbol.dispose]: () => bar?.stop(),
  }
}

const LINE_EVERY_MS = 2_000

const lineProgress = (): ReplayProgress => {
  const counter = new Counter()
  let saidAtMs = performance.now()
  const say = () => {
    const left = counter.secondsLeft === null ? '' : `, ${counter.secondsLeft} s left`
    const lag = counter.lagRecords === null ? '' : `, lag ${counter.lagRecords}`
    process.stderr.write(
      `${counter.sentence}: ${Math.floor(counter.done)} of ${counter.total} events, ${counter.perSecond}/s${left}${lag}\n`,
    )
    saidAtMs = performance.now()
  }
  return {
    phase: (sentence, total = 0) => {
      counter.begin(sentence, total)
      process.stderr.write(total === 0 ? `${sentence}\n` : `${sentence}: ${total} events\n`)
      saidAtMs = performance.now()
    },
    advance: (count) => {
      counter.done += count
      if (counter.total > 0 && performance.now() - saidAtMs >= LINE_EVERY_MS) say()
    },
    lag: (records) => {
      counter.lagRecords = records
    },
    [Symbol.dispose]: () => undefined,
  }
}
