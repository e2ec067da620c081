import { readFileSync } from 'node:fs'
import type { Stance } from '#libs/contracts/stance.js'
import type { Authority, Capacity } from '#libs/contracts/vocabulary.js'
import type { Bounds } from '#libs/ledger/bounds.js'
import { parseEdtf } from '#libs/ledger/time.js'
import type { Change, Conflict, Position, TrackMatter, TrackMatters, TrackStatement } from '#libs/ledger/track.js'

/**
 * The 900 tracks of tests/data/fold-cases, which decide what docs/design.md 6 leaves in doubt. The first line holds the
 * matters that all tracks share; every other line one track, its statements in no particular order, and each change,
 * conflict and position that it folds to. A third are wide, a third dense, a third across levels.
 */
export interface ConformanceCase {
  readonly number: number
  readonly statements: readonly TrackStatement[]
  readonly changes: readonly Change[]
  readonly conflicts: readonly Conflict[]
  readonly positions: readonly ListedPosition[]
}

/** The fields of a position that the cases list. */
export type ListedPosition = Pick<Position, (typeof LISTED)[number]>

export const readConformanceCases = (): { matters: TrackMatters; cases: ConformanceCase[] } => {
  const [head = '', ...lines] = readData('fold-cases/cases.jsonl')
  const { matters } = JSON.parse(head) as { matters: Record<string, TrackMatter> }
  return { matters: new Map(Object.entries(matters)), cases: lines.map((line) => caseOf(JSON.parse(line) as RawCase)) }
}

export const listed = (position: Position): ListedPosition =>
  Object.fromEntries(LISTED.map((field) => [field, position[field]])) as ListedPosition

/** The lines of a file under tests/data. */
export const readData = (name: string): string[] => readFileSync(new URL(name, DATA), 'utf8').trimEnd().split('\n')

/** @throws if the text is no date; the data of a test are */
export const boundsOf = (edtf: string): Bounds => {
  const parsed = parseEdtf(edtf)
  if (!parsed.ok) throw new Error(`${edtf} ${parsed.reason}`)
  return parsed.bounds
}

/** The same for when something was printed, both ends of which are known. */
export const publishedOf = (edtf: string): TrackStatement['published'] => {
  const { earliest, latest } = boundsOf(edtf)
  if (earliest === null || latest === null) throw new Error(`${edtf} is open`)
  return { earliest, latest }
}

/** From where this file is compiled to, `dist/tests/libs/ledger`. */
const DATA = new URL('../../../../tests/data/', import.meta.url)

const LISTED = [
  'matter',
  'facet',
  'value',
  'statement',
  'scope',
  'standing',
  'entailedFrom',
  'contestedBy',
  'exceptions',
] as const

interface RawCase extends Omit<ConformanceCase, 'number' | 'statements'> {
  readonly case: number
  readonly statements: readonly RawStatement[]
}

interface RawStatement {
  readonly id: string
  readonly speaker: string
  readonly authority: Authority
  readonly capacity?: Capacity
  readonly officeUntil?: string
  readonly retracted?: string
  readonly said: string
  readonly published: string
  readonly stances: readonly Stance[]
}

const caseOf = ({ case: number, statements, ...expected }: RawCase): ConformanceCase => ({
  number,
  statements: statements.map(statementOf),
  ...expected,
})

const statementOf = (raw: RawStatement): TrackStatement => ({
  ...raw,
  said: boundsOf(raw.said),
  published: publishedOf(raw.published),
})
