import { z } from 'zod'
import { EVENT_SCHEMAS, isEventType } from '#libs/contracts/events.js'
import type { StatementData } from '#libs/contracts/statement-events.js'
import { administer, connectTo, openDatabase } from '../databases.js'
import { readTopic } from '../read-topic.js'
import { ownResidentBytesMax, type BenchContext, type Measurement, type Progress, type Subject } from '../subject.js'
import type { PayloadType } from './journal-table.js'
import { createTables, StraightLineBatch, writeBatch } from './straight-line-batch.js'

/**
 * What we measure ourselves against: the pipeline that one would write who knows Kafka and Postgres well and leaves all
 * the rest out. Parse, validate, write journal, history and current position; no fold, no duplicates, no outbox, no
 * checkpoint, nothing after a crash. It has every trick that ours has: COPY from built buffers, one upsert for a batch,
 * and the next batch made ready while Postgres writes this one.
 */
export const straightLines: readonly Subject[] = (['text', 'jsonb'] as const).map((payload) => ({
  name: `straight-line-${payload}`,
  title: `straight-line pipeline, payload as ${payload}`,
  run: (context) => runPipeline(context, payload),
}))

const EVENTS_PER_BATCH = 10_000

async function runPipeline(context: BenchContext, payload: PayloadType): Promise<Measurement> {
  await using database = await openDatabase(context.adminUrl)
  await administer(database.url, ...createTables(payload))
  await using journal = await connectTo(database.url)
  await using rows = await connectTo(database.url)
  const progress: Progress[] = []
  let batch = new StraightLineBatch()
  let writing = Promise.resolve()
  let events = 0
  const write = async (full: StraightLineBatch): Promise<void> => {
    await writeBatch(journal.client, rows.client, full)
    events += full.events
    progress.push({ atMs: performance.now(), events })
  }
  await readTopic(context, async ({ partition, messages }) => {
    for (const message of messages) {
      const value = String(message.value)
      batch.add(partition, message, value, parse(value))
    }
    if (batch.events < EVENTS_PER_BATCH) return
    await writing
    writing = write(batch)
    batch = new StraightLineBatch()
  })
  await writing
  if (batch.events > 0) await write(batch)
  if (events !== context.events) throw new Error(`wrote ${events} events of ${context.events}`)
  return { progress, residentBytesMax: ownResidentBytesMax() }
}

const Envelope = z.object({ id: z.string(), type: z.string(), subject: z.string(), data: z.unknown() })

export interface ParsedEvent {
  readonly id: string
  readonly subject: string
  readonly data: Partial<StatementData> & { readonly dossier: string }
}

/** @throws where an event is not valid; a pipeline without safety stops */
function parse(value: string): ParsedEvent {
  const { id, type, subject, data } = Envelope.parse(JSON.parse(value))
  if (!isEventType(type)) throw new Error(`unknown type ${type}`)
  return { id, subject, data: EVENT_SCHEMAS[type].parse(data) as ParsedEvent['data'] }
}
