/** A wait that ends early when there is something to do; a call that came before the wait counts. */
export class Wake {
  #called = false
  #end: (() => void) | undefined

  now(): void {
    this.#called = true
    this.#end?.()
  }

  async within(limitMs: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs)
        this.#end = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#called = false
    this.#end = undefined
  }
}
