/** Anything that knows how to close itself. A Fastify application, a stack and a supervised process do. */
export type Closable = AsyncDisposable | Disposable | { close(): unknown } | { end(): Promise<unknown> }

export interface CloseOptions {
  /** How long this resource may take to close before the next one gets its turn. Default 10,000. */
  closeMsMax?: number
  /** What the resource is called when it does not close. Default: the name of its class. */
  name?: string
}

export interface Resources {
  /** Remembers a resource that was just opened and gives it back, so that opening and closing stand on one line. */
  add<T extends Closable>(resource: T, options?: CloseOptions): T
  /** Remembers something to do on closing, for what has no object of its own (a timer, a subscription). */
  defer(name: string, close: () => unknown, options?: Pick<CloseOptions, 'closeMsMax'>): void
  /** Closes everything; asked a second time, it waits for the first. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Closes what was added, the last first, each within its own limit; one failure does not stop the rest. For `await using`.
 * @throws AggregateError after everything had its turn, naming each resource that failed or took too long.
 *   A resource may only be added before closing begins (assertion).
 */
export const closeInReverse = (): Resources => {
  const opened: Opened[] = []
  let closing: Promise<void> | undefined
  const remember = (entry: Opened): void => {
    if (closing) throw new Error(`${entry.name} was opened after closing had begun.`)
    opened.push(entry)
  }
  return {
    add(resource, { name = resource.constructor.name, closeMsMax = CLOSE_MS_MAX } = {}) {
      remember({ name, closeMsMax, close: () => close(resource) })
      return resource
    },
    defer(name, close, { closeMsMax = CLOSE_MS_MAX } = {}) {
      remember({ name, closeMsMax, close })
    },
    // Closing twice is waiting for the first: a signal may arrive while a scope is being left.
    [Symbol.asyncDispose]: () => (closing ??= closeAll(opened)),
  }
}

const CLOSE_MS_MAX = 10_000

interface Opened {
  name: string
  closeMsMax: number
  close: () => unknown
}

const closeAll = async (opened: Opened[]): Promise<void> => {
  const failures: Error[] = []
  for (const resource of opened.toReversed()) {
    try {
      await withinLimit(resource)
    } catch (cause) {
      failures.push(new Error(`${resource.name} did not close: ${reasonOf(cause)}`, { cause }))
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(reasonOf).join(' '))
}

const withinLimit = async ({ close, closeMsMax }: Opened): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still open after ${closeMsMax} ms.`)), closeMsMax)
  })
  try {
    await Promise.race([close(), limit])
  } finally {
    clearTimeout(timer)
  }
}

const close = async (resource: Closable): Promise<void> => {
  if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]()
  else if (Symbol.dispose in resource) resource[Symbol.dispose]()
  else await ('close' in resource ? resource.close() : resource.end())
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
