import { readFileSync } from 'node:fs'
import type { Stance } from '#libs/contracts/stance.js'
import type { Authority, Capacity, Role } from '#libs/contracts/vocabulary.js'

/** A file in the format of tests/data/fold-cases: the matters that all cases use, then one case a line. */
export interface CaseFile {
  /** In the order of the graph: a matter comes after those that are broader. */
  matters: ReadonlyMap<string, CaseMatter>
  cases: readonly FoldCase[]
}

export interface CaseMatter {
  broader: readonly string[]
  /** The case's actor has it. */
  role: Role
  hasParties: boolean
}

export interface FoldCase extends TrackReadings {
  case: number
  statements: readonly CaseStatement[]
}

/** What a track folds to, with the ids of the case. */
export interface TrackReadings {
  changes: readonly Readonly<Record<string, unknown>>[]
  conflicts: readonly Readonly<Record<string, unknown>>[]
  positions: readonly Readonly<Record<string, unknown>>[]
}

export interface CaseStatement {
  id: string
  speaker: string
  authority: Authority
  /** EDTF; so are `published` (a day or an interval) and the days of `officeUntil` and `retracted`. */
  said: string
  published: string
  stances: readonly Stance[]
  capacity?: Capacity
  officeUntil?: string
  retracted?: string
}

/** @throws Error naming the file, if it is not there or not in this format */
export function readCaseFile(file: string): CaseFile {
  const [head, ...lines] = textOf(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
  if (head === undefined) throw new Error(`${file} is empty.`)
  const { matters } = parsed(head, file, 1) as { matters?: Record<string, CaseMatter> }
  if (matters === undefined) throw new Error(`${file}: the first line does not list the matters.`)
  const cases = lines.map((line, index) => parsed(line, file, index + 2) as FoldCase)
  return { matters: new Map(Object.entries(matters)), cases }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function parsed(line: string, file: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Error(`${file}: line ${number} is not JSON.`)
  }
}
