import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { connect } from '#libs/postgres/database.js'
import type pg from 'pg'
import { partitionOf } from '../records/home-partition.js'
import { placeKey, type IncomingRecord } from '../records/incoming-record.js'
import { readJournal } from '../records/read-journal.js'
import { RegistryBook } from '../registry/registry-book.js'
import { loadReducer } from '../tracks/load-reducers.js'
import type { FoldTrack } from '../tracks/reducers.js'
import { compareWithJournal } from './journal-hash.js'
import { applyPartition, type PartitionSurroundings, type ReleasedStranger } from './load-partition.js'
import { unpackRecords } from './packed-records.js'
import { readJournalRange } from './read-journal-range.js'
import { ReplayError } from './replay-state.js'
import type { FromWorker, PartToLoad, ToWorker, WorkerSetup } from './worker-messages.js'
import { writePartition } from './write-partition.js'

/** A thread that loads partitions, one at a time: reading, applying and folding are all computing. */
const work = async (port: MessagePort, setup: WorkerSetup): Promise<void> => {
  const tell = (message: FromWorker) => port.postMessage(message)
  const inbox = new Inbox(port)
  const [reading, writing] = [await open(setup, 'reads'), await open(setup, 'writes', true)]
  try {
    const surroundings = await surroundingsOf(setup, writing)
    const fold: FoldTrack = setup.reducerModule === null ? foldTrack : (await loadReducer(setup.reducerModule)).fold
    tell({ kind: 'ready' })
    for (;;) {
      const message = await inbox.next()
      if (message.kind !== 'load') return
      const { part } = message
      const records = setup.source === 'journal' ? fromJournal(reading, part) : fromKafka(inbox, reading, part, tell)
      // to write what records came to takes as long as to apply them: a record is done by halves
      const onHalfDone = (count: number) => tell({ kind: 'advanced', count: count / 2 })
      const loaded = await applyPartition(writing, part, records, surroundings, onHalfDone)
      const onWritten = (share: number) => onHalfDone(share * loaded.recordCount)
      await writePartition(writing, { ...setup, ...part }, loaded, fold, onWritten)
      tell({ kind: 'done' })
    }
  } finally {
    await Promise.all([reading.end(), writing.end()])
  }
}

const open = (setup: WorkerSetup, does: string, pipeline = false): Promise<pg.Client> =>
  connect(
    { ...setup.database, statementMsMax: 0 },
    { applicationName: `ledger replay ${does}`, onIdleError: () => undefined, pipeline },
  )

const surroundingsOf = async (setup: WorkerSetup, client: pg.Client): Promise<PartitionSurroundings> => {
  const book = new RegistryBook()
  await book.catchUp(client, setup.registryUntil, partitionOf)
  const decidedAt = new Map(setup.released.map((place) => [placeKey(place), place.decidedAt]))
  const released = await readJournal(client, setup.released, partitionOf)
  const strangers = released
    .filter(({ record }) => record.fault?.code === 'PARTITION_WRONG')
    .map((one): ReleasedStranger => ({ ...one, decidedAt: decidedAt.get(placeKey(one.record)) ?? one.recordedAt }))
  return {
    registry: book.registry,
    partitionOf,
    topicPrefix: setup.topicPrefix,
    exceptional: new Map(setup.exceptional),
    unreadable: new Map(setup.unreadable),
    strangers,
    warmStatementsMax: setup.warmStatementsMax,
  }
}

const fromJournal = (client: pg.Client, part: PartToLoad): AsyncIterable<IncomingRecord[]> =>
  readJournalRange(client, { ...part, from: 0 })

async function* fromKafka(
  inbox: Inbox,
  client: pg.Client,
  part: PartToLoad,
  tell: (message: FromWorker) => void,
): AsyncGenerator<IncomingRecord[]> {
  for (;;) {
    const message = await inbox.next()
    if (message.kind !== 'records') return
    const records = unpackRecords(message.records, part)
    // Postgres hashes its rows while we apply ours
    const compared = compareWithJournal(client, records)
    compared.catch(() => undefined)
    yield records
    await compared
    tell({ kind: 'taken' })
  }
}

/** Messages in their order, for whoever asks for the next one. */
class Inbox {
  readonly #waiting: ToWorker[] = []
  #wake: ((message: ToWorker) => void) | undefined

  constructor(port: MessagePort) {
    port.on('message', (message: ToWorker) => {
      const wake = this.#wake
      this.#wake = undefined
      if (wake) wake(message)
      else this.#waiting.push(message)
    })
  }

  next(): Promise<ToWorker> {
    const message = this.#waiting.shift()
    return message ? Promise.resolve(message) : new Promise((resolve) => (this.#wake = resolve))
  }
}

const port = parentPort
if (port === null) throw new Error('this file is run as a worker')
work(port, workerData as WorkerSetup)
  .catch((error: unknown) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    port.postMessage({ kind: 'failed', message, stack, expected: error instanceof ReplayError } satisfies FromWorker)
  })
  .finally(() => port.close())
