import { gunzipSync, gzipSync } from 'node:zlib'
import path from 'node:path'
import t from 'tap'
import { readGzippedCsv } from '#services/operator/unga-votes/csv-rows.js'
import { InputError } from '#services/operator/unga-votes/input-error.js'

const COLUMNS = ['rcid', 'vote'] as const

async function rowsOf(file: string): Promise<object[]> {
  const rows: object[] = []
  for await (const row of readGzippedCsv(file, COLUMNS)) rows.push(row)
  return rows
}

t.test('columns by name, in any order, whatever else there is and however lines end', async (t) => {
  const directory = t.testdir({ 'votes.csv.gz': gzipSync('\ufeffvote,note,rcid\r\nyes,"a, ""b""\nc",3\r\nno,,4\n\n') })
  t.same(await rowsOf(path.join(directory, 'votes.csv.gz')), [
    { vote: 'yes', note: 'a, "b"\nc', rcid: '3' },
    { vote: 'no', note: '', rcid: '4' },
  ])
})

t.test('a wrong file is told in one sentence, by what is wrong with it', async (t) => {
  const whole = gzipSync(`rcid,vote\n${Array.from({ length: 5_000 }, (_, i) => `${i * 7919},yes\n`).join('')}`)
  const flipped = Buffer.from(whole)
  flipped.fill(0xff, 200, 240)
  const files: Record<string, Buffer> = {
    'plain.csv': gunzipSync(whole),
    'empty.csv.gz': Buffer.alloc(0),
    'short.csv.gz': whole.subarray(0, whole.length / 2),
    'flipped.csv.gz': flipped,
    'other.csv.gz': gzipSync('rcid,date\n3,1946-01-01\n'),
    'ragged.csv.gz': gzipSync('rcid,vote\n3,yes\n4\n'),
    'quote.csv.gz': gzipSync(`rcid,vote\n3,"yes\n${'4,no\n'.repeat(40_000)}`),
  }
  const directory = t.testdir(files)
  const faults = {
    'nowhere.csv.gz': 'FILE_MISSING',
    'plain.csv': 'FILE_NOT_GZIP',
    'empty.csv.gz': 'FILE_NOT_GZIP',
    'short.csv.gz': 'FILE_DAMAGED',
    'flipped.csv.gz': 'FILE_DAMAGED',
    'other.csv.gz': 'COLUMN_MISSING',
    'ragged.csv.gz': 'FILE_DAMAGED',
    'quote.csv.gz': 'FILE_DAMAGED',
  }
  for (const [file, fault] of Object.entries(faults)) {
    const error: unknown = await rowsOf(path.join(directory, file)).catch((reason: unknown) => reason)
    t.ok(error instanceof InputError, `${file}: ${String(error)}`)
    t.match(error, { fault, message: file }, file)
  }
})

t.test('a directory is no file', async (t) => {
  await t.rejects(rowsOf(t.testdir({})), { name: 'UsageError', fault: 'FILE_MISSING' })
})
