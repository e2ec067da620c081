import { EXIT, type Io, type LedgerCommand } from '../command.js'
import { inLiveSnapshot } from '../ledger-database.js'
import { LIST_WAITING_BEHIND, SHOW_RECORD } from '../quarantine/quarantine.sql.js'
import { placeText, recordPlaceOf, type RecordPlace } from '../quarantine/record-place.js'

export interface QuarantineShowOptions {
  readonly place: RecordPlace
  readonly json: boolean
}

interface RecordRow extends RecordPlace {
  readonly recordedAt: Date
  readonly key: string | null
  readonly value: string | null
  readonly rawValueBase64: string | null
  readonly outcome: string
  readonly code: string | null
  readonly detail: string | null
  readonly pointer: string | null
  readonly missing: string[] | null
  readonly names: string[] | null
}

/** `ledger quarantine show <record>`: all of a record, why it was not applied, what waits behind it. Exit: 0 shown, 1 failed, 2 usage. */
export const quarantineShow: LedgerCommand<QuarantineShowOptions> = {
  summary: 'Show a record: what it says, why it was not applied, what waits behind it',
  define: (parent) =>
    parent.command('show').argument('<record>', 'topic/partition/offset').option('--json', 'print it as JSON'),
  parse: (args, flags) => ({ place: recordPlaceOf(args[0]), json: flags.json === true }),
  async run({ place, json }, io) {
    const { record, waiting } = await read(place, io)
    if (record === undefined) throw new Error(`There is no record ${placeText(place)} in the journal.`)
    if (json) io.out(JSON.stringify({ ...record, waitingBehind: waiting }))
    else for (const line of linesOf(record, waiting)) io.out(line)
    return EXIT.ok
  },
}

type Waiting = Pick<RecordPlace, 'partition' | 'offset'> & {
  readonly type: string | null
  readonly subject: string | null
}

const read = (place: RecordPlace, io: Io): Promise<{ record: RecordRow | undefined; waiting: Waiting[] }> =>
  inLiveSnapshot(io.env, async (client) => {
    const values = [place.topic, place.partition, place.offset]
    const record = (await client.query<RecordRow>(SHOW_RECORD, values)).rows[0]
    const waiting = await client.query<Waiting>(LIST_WAITING_BEHIND, [...values, record?.names ?? []])
    return { record, waiting: waiting.rows }
  })

const linesOf = (record: RecordRow, waiting: readonly Waiting[]): string[] => [
  `${placeText(record)}, recorded ${record.recordedAt.toISOString()}, key ${record.key ?? '(not text)'}`,
  `${record.outcome}${record.code === null ? '' : ` ${record.code}`}${record.pointer === null ? '' : ` at ${record.pointer}`}`,
  ...(record.detail ? [record.detail] : []),
  ...(record.missing ? [`It needs ${record.missing.join(', ')}.`] : []),
  ...waiting.map(({ offset, type, subject }) => `Behind it waits ${offset}: ${type ?? '?'} ${subject ?? ''}`),
  record.value ?? (record.rawValueBase64 === null ? '(no value)' : `base64: ${record.rawValueBase64}`),
]
