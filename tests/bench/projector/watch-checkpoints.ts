import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { ProjectorProcess } from './projector-process.js'
import type { Progress } from './subject.js'

const SAMPLE_MS = 50
/** Without a committed batch for so long, something is wrong. */
const STALLED_MS = 60_000

export interface WatchOptions {
  readonly topic: SourceTopicRole
  /** How many records the topic holds. */
  readonly events: number
  /** Whether every process is at work, so that counting may begin. */
  readonly hasBegun: () => Promise<boolean>
}

/**
 * Watches the checkpoints of the live generation until all records of a topic are projected.
 * @returns the commits seen, from the first one after `hasBegun`
 * @throws Error if a projector ends, or nothing is committed for a minute
 */
export async function watchCheckpoints(
  client: Client,
  projectors: readonly ProjectorProcess[],
  options: WatchOptions,
): Promise<Progress[]> {
  const progress: Progress[] = []
  let begun = false
  let last: Progress = { atMs: performance.now(), events: 0 }
  while (last.events < options.events) {
    await setTimeout(SAMPLE_MS)
    for (const projector of projectors) projector.assertRunning()
    begun ||= await options.hasBegun()
    const next = { events: await projectedEvents(client, options.topic), atMs: performance.now() }
    if (next.atMs - last.atMs > STALLED_MS) throw new Error(`nothing was projected after ${last.events} events`)
    if (next.events === last.events) continue
    if (begun) progress.push(next)
    last = next
  }
  return progress
}

/** Waits until a projector that was just started has made its tables. */
export async function untilMigrated(client: Client, projector: ProjectorProcess): Promise<void> {
  const deadline = performance.now() + STALLED_MS
  while (performance.now() < deadline) {
    await setTimeout(SAMPLE_MS)
    projector.assertRunning()
    const { rows } = await client.query(
      `select from pg_tables where schemaname = 'ledger' and tablename = 'checkpoint'`,
    )
    if (rows.length > 0) return
  }
  throw new Error('the projector did not migrate its database')
}

async function projectedEvents(client: Client, topic: string): Promise<number> {
  const { rows } = await client.query<{ events: string | number }>(SUM_CHECKPOINTS, [topic])
  return Number(rows[0]?.events ?? 0)
}

const SUM_CHECKPOINTS = `
  select coalesce(sum(next_offset), 0) as events
    from ledger.checkpoint
    join ledger.generation on generation.id = checkpoint.generation
   where generation.status = 'live'
     and topic = $1`
