import type { KafkaMessage } from 'kafkajs'
import type { Client } from 'pg'
import { CopyRows } from '#libs/postgres/copy-buffer.js'
import { copyInto } from '#libs/postgres/copy.js'
import { createJournal, instantOf, JOURNAL_COLUMNS, journalLine, type PayloadType } from './journal-table.js'
import type { ParsedEvent } from './straight-line.js'

/** Journal, history and positions, each with its key and no other index: nothing is asked of them but to be written. */
export const createTables = (payload: PayloadType): string[] => [
  createJournal(payload),
  `create table history (
    partition int not null,
    record_offset bigint not null,
    stance int not null,
    actor text not null,
    matter text not null,
    facet text not null,
    value text not null,
    statement text not null,
    recorded_at timestamptz not null,
    primary key (partition, record_offset, stance)
  )`,
  `create table position (
    actor text not null,
    matter text not null,
    facet text not null,
    value text not null,
    statement text not null,
    recorded_at timestamptz not null,
    primary key (actor, matter, facet)
  ) with (fillfactor = 70)`,
]

const HISTORY_COLUMNS =
  'history (partition, record_offset, stance, actor, matter, facet, value, statement, recorded_at)'

/** Rows of one write, in the text format of COPY. Ids and words of the vocabulary have nothing to escape. */
export class StraightLineBatch {
  readonly journal = new CopyRows()
  readonly history = new CopyRows()
  /** By actor, matter and facet: only the last of a batch is written. */
  readonly #positions = new Map<string, string>()

  get events(): number {
    return this.journal.rowCount
  }

  get positions(): CopyRows {
    const rows = new CopyRows()
    for (const [key, rest] of this.#positions) rows.add(`${key}\t${rest}`)
    return rows
  }

  add(partition: number, message: KafkaMessage, value: string, { subject, data }: ParsedEvent): void {
    this.journal.add(journalLine(partition, message, value))
    if (!data.stances || !data.onBehalfOf) return
    const recordedAt = instantOf(message.timestamp)
    let row = 0
    for (const { actor } of data.onBehalfOf) {
      for (const { matter, facet, value: stance } of data.stances) {
        const key = `${actor}\t${matter}\t${facet}`
        const rest = `${stance}\t${subject}\t${recordedAt}`
        this.history.add(`${partition}\t${message.offset}\t${row++}\t${key}\t${rest}`)
        this.#positions.set(key, rest)
      }
    }
  }
}

/** The journal goes over one connection while history and positions go over the other. */
export async function writeBatch(journal: Client, rows: Client, batch: StraightLineBatch): Promise<void> {
  await Promise.all([copyInto(journal, JOURNAL_COLUMNS, batch.journal), writeRows(rows, batch)])
}

async function writeRows(client: Client, batch: StraightLineBatch): Promise<void> {
  await client.query(BEGIN_WITH_STAGE)
  await copyInto(client, HISTORY_COLUMNS, batch.history)
  await copyInto(client, 'position_stage', batch.positions)
  await client.query(UPSERT_AND_COMMIT)
}

const BEGIN_WITH_STAGE = `
  begin;
  create temp table if not exists position_stage (like position) on commit delete rows`

const UPSERT_AND_COMMIT = `
  insert into position
  select * from position_stage
  on conflict (actor, matter, facet) do update
     set value = excluded.value,
         statement = excluded.statement,
         recorded_at = excluded.recorded_at;
  commit`
