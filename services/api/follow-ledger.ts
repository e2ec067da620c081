import { connect, type PoolOptions } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import type { FastifyBaseLogger } from 'fastify'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { ApiApp } from './app.js'
import type { MovedCheckpoints } from './reads/coverage.js'
import { checkpointKey } from './reads/ledger-after.js'

/** Listens until closed. */
export interface LedgerListener extends AsyncDisposable {
  readonly ended: Promise<void>
}

/**
 * Hears of every checkpoint that moves: whoever waits for one looks, and new API keys become known. A lost connection is
 * made again; meanwhile a look every second makes up for what was not heard.
 */
export const followLedger = (
  app: Pick<ApiApp, 'reads' | 'registry' | 'coverage'>,
  config: DatabaseConfig,
  logger: FastifyBaseLogger,
): LedgerListener => {
  const stop = new AbortController()
  const refreshed = refresher(app, logger)
  const heard = (payload?: string): void => {
    const news = newsIn(payload)
    app.coverage.moved(news)
    if (news === undefined || news.moved.has(REGISTRY)) refreshed.soon()
  }
  const ended = Promise.all([listen(config, heard, stop.signal, logger), poll(heard, stop.signal)]).then(
    () => undefined,
  )
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await ended
    },
  }
}

const REGISTRY = checkpointKey('registry', 0)

/** What the projector says of the checkpoints that it moved; a promotion says which generation it was, and no more. */
const Moved = z.object({ generation: z.int(), moved: z.record(z.string(), z.string().regex(/^\d{1,18}$/)) })

const newsIn = (payload: string | undefined): MovedCheckpoints | undefined => {
  if (payload?.startsWith('{') !== true) return undefined
  const { data } = Moved.safeParse(jsonIn(payload))
  if (data === undefined) return undefined
  const { generation, moved } = data
  return { generation, moved: new Map(Object.entries(moved).map(([place, next]) => [place, BigInt(next)])) }
}

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const POLL_MS = 1_000
const RECONNECT_MS = 500

const poll = async (heard: () => void, stop: AbortSignal): Promise<void> => {
  while (await waited(POLL_MS, stop)) heard()
}

const listen = async (
  config: DatabaseConfig,
  heard: (payload?: string) => void,
  stop: AbortSignal,
  logger: FastifyBaseLogger,
): Promise<void> => {
  do
    await listenOnce(config, heard, stop).catch((error: unknown) => {
      logger.warn({ err: error, retryMs: RECONNECT_MS }, 'Checkpoints are not heard of; they are polled meanwhile.')
    })
  while (await waited(RECONNECT_MS, stop))
}

/** @returns false as soon as it is time to stop */
const waited = (ms: number, stop: AbortSignal): Promise<boolean> =>
  setTimeout(ms, true, { signal: stop }).catch(() => false)

/** Ends when the connection does. @throws while Postgres cannot be reached */
const listenOnce = async (
  config: DatabaseConfig,
  heard: (payload?: string) => void,
  stop: AbortSignal,
): Promise<void> => {
  const options: PoolOptions = { applicationName: 'statement-ledger api listener', onIdleError: () => undefined }
  const client = await connect(config, options)
  try {
    const broken = new Promise<void>((resolve) => client.once('end', resolve))
    const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
    client.on('notification', ({ payload }) => heard(payload))
    await client.query('listen ledger_checkpoint')
    heard()
    if (!stop.aborted) await Promise.race([broken, stopped])
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Brings the registry up to date, one look at a time; what is asked for during a look is one more after it. */
const refresher = ({ reads, registry }: Pick<ApiApp, 'reads' | 'registry'>, logger: FastifyBaseLogger) => {
  const look = (): Promise<void> =>
    registry.refresh(reads).catch((error: unknown) => {
      logger.debug({ err: error }, 'The registry could not be refreshed.')
    })
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): void => {
    next = undefined
    running = look().then(() => (running = undefined))
  }
  return {
    soon: (): void => {
      if (running) next ??= running.then(start)
      else start()
    },
  }
}
