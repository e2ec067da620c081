import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { EventResource } from '#libs/contracts/event-resources.js'

/** What became of a write, as the api tells. */
export type Outcome = z.output<typeof Outcome>
const Outcome = EventResource.pick({
  outcome: true,
  code: true,
  detail: true,
  pointer: true,
  missing: true,
  links: true,
})

/**
 * Intake has no database: what became of an event it asks the api, in the caller's name and within a bound. The write is
 * on the record whatever comes of that, so nothing here throws: an api that is away, slow, or closed to this caller
 * only means that the outcome is not known yet.
 */
export interface Outcomes {
  /**
   * @param seconds as the caller asked; cut to `secondsMax`
   * @returns the outcome, 'not yet' if the time has passed without one, 'not told' if it could not be asked for
   */
  waitFor(written: { event: string; token: string }, request: FastifyRequest, seconds: number): Promise<Waited>
  readonly secondsMax: number
}

export type Waited = Outcome | 'not yet' | 'not told'

export interface OutcomesOptions {
  /** Where this service reaches the api. */
  readonly apiUrl: string
  readonly waitMsMax: number
  readonly logger: FastifyBaseLogger
}

/** Each wait keeps a connection to the api; who comes beyond this gets 202 at once. */
const WAITING_MAX = 200
const RETRY_MS = 100

export function openOutcomes({ apiUrl, waitMsMax, logger }: OutcomesOptions): Outcomes {
  let waiting = 0
  return {
    secondsMax: Math.floor(waitMsMax / 1_000),
    waitFor: async ({ event, token }, request, seconds) => {
      if (waiting >= WAITING_MAX) return 'not told'
      waiting++
      const deadline = AbortSignal.timeout(Math.min(seconds * 1_000, waitMsMax))
      try {
        const url = `${apiUrl}/v1/events/${encodeURIComponent(event)}`
        return await askUntil(deadline, url, { ...callersKey(request), 'ledger-after': token })
      } catch (error) {
        logger.warn({ err: error, event }, 'The api could not be asked for an outcome.')
        return 'not told'
      } finally {
        waiting--
      }
    },
  }
}

/** The api waits for the token itself, for a time of its own: so this loop turns seldom. */
async function askUntil(deadline: AbortSignal, url: string, headers: Record<string, string>): Promise<Waited> {
  while (!deadline.aborted) {
    const answer = await askOnce(deadline, url, headers)
    if (answer !== 'not yet') return answer
    await sleep(RETRY_MS, undefined, { signal: deadline }).catch(() => undefined)
  }
  return 'not yet'
}

/** @throws if the api is away, or does not tell this caller */
async function askOnce(
  deadline: AbortSignal,
  url: string,
  headers: Record<string, string>,
): Promise<Outcome | 'not yet'> {
  try {
    const response = await fetch(url, { headers, signal: deadline, redirect: 'error' })
    const body: unknown = await response.json()
    if (response.status === 200) return Outcome.parse(body)
    if (NOT_YET.has((body as { code?: string } | null)?.code ?? '')) return 'not yet'
    throw new Error(`The api answered ${response.status}.`)
  } catch (error) {
    if (deadline.aborted) return 'not yet'
    throw error
  }
}

/** The last two: intake took the key, so the api has not yet read that it was issued, or any key at all. */
const NOT_YET = new Set(['NOT_YET_VISIBLE', 'EVENT_UNKNOWN', 'KEY_INVALID', 'NOT_READY'])

/** The key that the write came with: who may not read is told nothing more by asking here. */
function callersKey({ headers }: FastifyRequest): Record<string, string> {
  const { authorization, 'x-api-key': key } = headers
  if (authorization !== undefined) return { authorization }
  return typeof key === 'string' ? { 'x-api-key': key } : {}
}
