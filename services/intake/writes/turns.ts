import { LedgerError } from '#libs/contracts/error-codes.js'

export interface TurnOptions {
  readonly waitersMax: number
  readonly waitMsMax: number
}

/** Lets one piece of work run at a time, in the order in which they came, each waiting within a bound. */
export class Turns {
  readonly #options: TurnOptions
  readonly #waiters: (() => void)[] = []
  #busy = false

  constructor(options: TurnOptions) {
    this.#options = options
  }

  /** @throws LedgerError OVERLOADED if too many wait, or the turn does not come in time; then `work` has not begun */
  async take<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn()
    try {
      return await work()
    } finally {
      const next = this.#waiters.shift()
      if (next) next()
      else this.#busy = false
    }
  }

  #turn(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true
      return Promise.resolve()
    }
    if (this.#waiters.length >= this.#options.waitersMax)
      return Promise.reject(new LedgerError('OVERLOADED', { retryAfterSeconds: 2 }))
    return new Promise((resolve, reject) => {
      const waiter = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(new LedgerError('OVERLOADED', { retryAfterSeconds: 2 }))
      }, this.#options.waitMsMax)
      this.#waiters.push(waiter)
    })
  }
}
