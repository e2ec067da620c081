import { CopyRows } from '#libs/postgres/copy-buffer.js'
import { copyInto } from '#libs/postgres/copy.js'
import { administer, connectTo, openDatabase } from '../databases.js'
import { readTopic } from '../read-topic.js'
import { ownResidentBytesMax, type BenchContext, type Measurement, type Progress, type Subject } from '../subject.js'
import { createJournal, JOURNAL_COLUMNS, journalLine, type PayloadType } from './journal-table.js'

const ROWS_PER_COPY = 10_000

/** The floor under everything that keeps a journal: COPY from buffers that are ready, nothing else. */
export const journalCopies: readonly Subject[] = (['text', 'jsonb'] as const).map((payload) => ({
  name: `journal-${payload}`,
  title: `COPY of the journal alone, payload as ${payload}`,
  // the buffers are all in memory
  eventsMax: 500_000,
  run: (context) => copyJournal(context, payload),
}))

async function copyJournal(context: BenchContext, payload: PayloadType): Promise<Measurement> {
  await using database = await openDatabase(context.adminUrl)
  await administer(database.url, createJournal(payload))
  const batches = await readBatches(context)
  await using connection = await connectTo(database.url)
  let events = 0
  const progress: Progress[] = [{ atMs: performance.now(), events }]
  for (const batch of batches) {
    await copyInto(connection.client, JOURNAL_COLUMNS, batch)
    events += batch.rowCount
    progress.push({ atMs: performance.now(), events })
  }
  return { progress, residentBytesMax: ownResidentBytesMax() }
}

async function readBatches(context: BenchContext): Promise<CopyRows[]> {
  const batches = [new CopyRows()]
  await readTopic(context, ({ partition, messages }) => {
    for (const message of messages) {
      if (lastOf(batches).rowCount >= ROWS_PER_COPY) batches.push(new CopyRows())
      lastOf(batches).add(journalLine(partition, message, String(message.value)))
    }
  })
  return batches
}

const lastOf = (batches: CopyRows[]): CopyRows => {
  const last = batches.at(-1)
  if (!last) throw new Error('there is always one')
  return last
}
