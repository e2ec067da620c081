import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import type { LedgerPlace } from './ledger-process.js'

const DOCUMENT = 'docs/timelines.md'
/** ASCII's record separator: in no answer. */
const SEPARATOR = '\u001e'

interface Example {
  /** The lines of one block, as a reader would paste them. */
  readonly commands: string
  /** The answers that the document shows below it, one a command that prints one. */
  readonly answers: readonly unknown[]
}

/** Runs all that docs/timelines.md shows in one shell, and finds each answer that it shows in what was answered. */
export function timelinesWorkAsWritten(t: Test, place: LedgerPlace): void {
  const examples = examplesOf(readFileSync(DOCUMENT, 'utf8'))
  const script = examples.map(({ commands }) => `${onThisLedger(commands, place)}\nprintf '${SEPARATOR}'\n`).join('')
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  const outputs = stdout.split(SEPARATOR)
  for (const [index, { commands, answers }] of examples.entries()) {
    const answered = jsonTexts(outputs[index] ?? '')
    for (const [place, shown] of answers.entries())
      t.strictSame(partOf(answered[place], shown), shown, `${commands.split('\n')[0] ?? ''} ${stderr}`)
  }
  t.ok(examples.length >= 7)
  t.match(outputs.at(-2), /link: .*rel="cite-as"[^]*cache-control: .*immutable/i)
}

/** A block of commands, and the blocks of JSON that follow it before the next one. */
const examplesOf = (document: string): Example[] =>
  document
    .split('```sh\n')
    .slice(1)
    .map((text) => ({
      commands: text.slice(0, text.indexOf('\n```')),
      answers: [...text.matchAll(/```json\n(.*?)\n```/gs)].map(([, json = '']) => JSON.parse(json) as unknown),
    }))

export const onThisLedger = (commands: string, { apiUrl, intakeUrl, dir }: LedgerPlace): string =>
  commands
    .replaceAll('http://127.0.0.1:4000', apiUrl)
    .replaceAll('http://127.0.0.1:4001', intakeUrl)
    .replaceAll('.ledger/development-key', path.join(dir, 'development-key'))

/** Answers of the api stand one behind the other; none has a brace that closes and one that opens side by side. */
const jsonTexts = (output: string): unknown[] =>
  output
    .trim()
    .split(/(?<=\})(?=\{)/)
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as unknown)

/** What of an answer the document shows: the same fields, whatever else there is. */
function partOf(answer: unknown, shown: unknown): unknown {
  if (Array.isArray(shown) && Array.isArray(answer)) return answer.map((item, index) => partOf(item, shown[index]))
  if (!isObject(shown) || !isObject(answer)) return answer
  return Object.fromEntries(Object.keys(shown).map((key) => [key, partOf(answer[key], shown[key])]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
