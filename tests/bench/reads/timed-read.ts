import { setTimeout as sleep } from 'node:timers/promises'
import { keepAliveClient } from '../keep-alive.js'
import type { BenchTrack } from './track-events.js'

/** Instants between what was recorded, for `knownAt`. */
export interface Instants {
  readonly beforeAmendments: string
  readonly afterAmendments: string
}

export interface TimedRead {
  readonly ms: number
  readonly positions: number
}

export interface Clocks {
  readonly asOf: string
  readonly knownAt: string
}

/** A day after all that was said; another one for each turn. */
export const asOfAt = (turn: number): string => new Date(Date.UTC(2040, 0, 1 + turn)).toISOString().slice(0, 10)

/** All positions of a track on two clocks, to the last byte of the answer. @throws Error for any answer but 200 */
export async function readPositions(apiUrl: string, track: BenchTrack, clocks: Clocks): Promise<TimedRead> {
  const { actor, dossier } = track
  const url = `${apiUrl}/v1/positions?${String(new URLSearchParams({ actor, dossier, limit: '500', ...clocks }))}`
  const { ms, body } = await timed(url)
  return { ms, positions: (body as { items: unknown[] }).items.length }
}

/** One position of a track on two clocks. @throws Error for any answer but 200 */
export async function readOnePosition(apiUrl: string, track: BenchTrack, clocks: Clocks): Promise<TimedRead> {
  const { actor, matter } = track
  const url = `${apiUrl}/v1/positions/${actor}/${matter}/FACT?${String(new URLSearchParams({ ...clocks }))}`
  return { ms: (await timed(url)).ms, positions: 1 }
}

/** The same position as it is stored, for comparison. @throws Error for any answer but 200 */
export async function readLivePosition(apiUrl: string, { actor, matter }: BenchTrack): Promise<TimedRead> {
  return { ms: (await timed(`${apiUrl}/v1/positions/${actor}/${matter}/FACT`)).ms, positions: 1 }
}

async function timed(url: string): Promise<{ ms: number; body: unknown }> {
  const startedAt = performance.now()
  const { status, body } = await client.request(url, {})
  const ms = performance.now() - startedAt
  if (status !== 200) throw new Error(`${url}: ${status} ${body}`)
  return { ms, body: JSON.parse(body) }
}

/** Its idle connections keep no process alive. */
const client = keepAliveClient()

const COVERED_MS_MAX = 30_000

/** Waits until the ledger covers an instant: until then a read as known at it is refused. */
export async function untilCovered(apiUrl: string, { actor }: BenchTrack, knownAt: string): Promise<void> {
  const url = `${apiUrl}/v1/positions?${String(new URLSearchParams({ actor, limit: '1', knownAt }))}`
  const giveUpAt = performance.now() + COVERED_MS_MAX
  while (performance.now() < giveUpAt) {
    const answer = await fetch(url)
    await answer.text()
    if (answer.status === 200) return
    await sleep(200)
  }
  throw new Error(`${knownAt} is not covered after ${COVERED_MS_MAX} ms`)
}
