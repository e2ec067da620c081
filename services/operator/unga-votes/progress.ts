import { SingleBar } from 'cli-progress'
import type { Io } from '../command.js'

/** Shows how far something is: as a bar with rate and time left on a terminal, else as a line at every tenth of it. */
export interface Progress extends Disposable {
  update(done: number, total: number): void
}

/** @param what  what is counted: `lines` */
export const showProgress = (io: Io, label: string, what: string): Progress =>
  process.stderr.isTTY ? barProgress(label, what) : lineProgress(io, label, what)

function barProgress(label: string, what: string): Progress {
  const rate = ratePerSecond()
  const bar = new SingleBar({
    format: `${label} [{bar}] {percentage}%  {value}/{total} ${what}  {rate}/s  {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 50,
    fps: 5,
  })
  let started = false
  return {
    update(done, total) {
      if (started) {
        bar.setTotal(total)
        bar.update(done, { rate: rate(done) })
      } else bar.start(total, done, { rate: 0 })
      started = true
    },
    [Symbol.dispose]: () => bar.stop(),
  }
}

const LINES_PER_RUN = 10

function lineProgress(io: Io, label: string, what: string): Progress {
  const rate = ratePerSecond()
  let shown = 0
  return {
    update(done, total) {
      const tenth = Math.floor((done / Math.max(total, 1)) * LINES_PER_RUN)
      if (tenth <= shown) return
      shown = tenth
      const perSecond = rate(done)
      const left = perSecond === 0 ? '' : `, ${Math.ceil((total - done) / perSecond)} s left`
      io.err(`${label}: ${done} of ${total} ${what}, ${perSecond}/s${left}`)
    },
    [Symbol.dispose]: () => undefined,
  }
}

/** Of all that was done since the start. */
function ratePerSecond(): (done: number) => number {
  const startMs = performance.now()
  return (done) => Math.round(done / Math.max((performance.now() - startMs) / 1000, 0.001))
}
