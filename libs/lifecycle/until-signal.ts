const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const

export type StopSignal = (typeof STOP_SIGNALS)[number]

export interface SignalWatch extends Disposable {
  /** Resolves with the first signal that arrived. Never rejects. */
  readonly received: Promise<StopSignal>
  /** Aborted by the same signal, for what is still starting. */
  readonly signal: AbortSignal
}

/**
 * Watches for Ctrl-C and SIGTERM from now on. Only the first one asks us to stop in order; the handlers are then gone, so
 * that a second one ends the process at once, as a person who presses Ctrl-C twice expects.
 */
export const watchStopSignals = (): SignalWatch => {
  const controller = new AbortController()
  const { promise, resolve } = deferred<StopSignal>()
  const onSignal = (signal: StopSignal): void => {
    forget()
    resolve(signal)
    controller.abort(new Error(`Stopped by ${signal}.`))
  }
  const forget = (): void => STOP_SIGNALS.forEach((signal) => process.off(signal, onSignal))
  STOP_SIGNALS.forEach((signal) => process.on(signal, onSignal))
  return { received: promise, signal: controller.signal, [Symbol.dispose]: forget }
}

const deferred = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}
