import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { administer, openDatabase } from '../databases.js'
import { benchClient, statementsTopic } from '../read-topic.js'
import { ownResidentBytesMax, type BenchContext, type Measurement, type Progress, type Subject } from '../subject.js'

/** What a reader of a tutorial would write: a message at a time, one upsert each, offsets committed by the client. */
export const tutorial: Subject = {
  name: 'tutorial',
  title: 'tutorial consumer (eachMessage, one upsert each)',
  eventsMax: 20_000,
  run: runTutorial,
}

async function runTutorial(context: BenchContext): Promise<Measurement> {
  await using database = await openDatabase(context.adminUrl)
  await administer(database.url, CREATE_TABLE)
  const pool = new pg.Pool({ connectionString: database.url })
  const consumer = benchClient(context).consumer({ groupId: `bench-${randomUUID()}` })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic: statementsTopic(context), fromBeginning: true })
    const progress = await new Promise<Progress[]>((resolve, reject) => {
      const points: Progress[] = []
      let events = 0
      const upsert = async (value: string): Promise<void> => {
        if (points.length === 0) points.push({ atMs: performance.now(), events })
        const event = JSON.parse(value) as { subject: string; type: string; partitionkey: string }
        await pool.query(UPSERT, [event.subject, event.partitionkey, event.type, value])
        points.push({ atMs: performance.now(), events: ++events })
        if (events === context.events) resolve(points)
      }
      consumer.run({ eachMessage: ({ message }) => upsert(String(message.value)) }).catch(reject)
    })
    return { progress, residentBytesMax: ownResidentBytesMax() }
  } finally {
    await consumer.disconnect()
    await pool.end()
  }
}

const CREATE_TABLE = `
  create table statement (
    id text primary key,
    dossier text not null,
    type text not null,
    payload jsonb not null,
    updated_at timestamptz not null default now()
  )`

const UPSERT = `
  insert into statement (id, dossier, type, payload)
  values ($1, $2, $3, $4)
  on conflict (id) do update
     set type = excluded.type,
         payload = excluded.payload,
         updated_at = now()`
