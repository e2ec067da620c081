import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so; a bound far above what it should take turns a hang into a failure. */
export const until = async (isSo: () => boolean | Promise<boolean>, msMax = 20_000): Promise<void> => {
  const giveUpAt = performance.now() + msMax
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`Still not so after ${msMax} ms: ${isSo.toString()}`)
    await sleep(10)
  }
}

/** What a promise was rejected with; undefined if it was not. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
