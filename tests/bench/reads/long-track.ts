import { foldTrack } from '#libs/ledger/fold-track.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import { trackActors, trackInput } from '#libs/ledger/track-input.js'
import { ledgerInMemory } from '#tests/libs/ledger/ledger-in-memory.js'
import { median } from '../projector/rates.js'
import { asOfAt, readPositions, type Instants, type TimedRead } from './timed-read.js'
import type { BenchTrack, RegistryLineEvent } from './track-events.js'

/** One way to read the long track, beside the same fold in memory: turns taken one by one. */
export interface LongTrackFigures {
  readonly title: string
  readonly statements: number
  readonly read: Spread
  readonly fold: Spread
}

/** Of all turns, in milliseconds. On a machine that has other work, the fastest turn is the least disturbed. */
export interface Spread {
  readonly median: number
  readonly fastest: number
}

export interface LongTrackReads {
  readonly apiUrl: string
  readonly track: BenchTrack
  readonly instants: Instants
  readonly turns: number
}

/**
 * Reads the track over HTTP and folds the same statements in this process, in turns, so that both have the same machine.
 * Each turn has another `asOf`, all of them after the last statement: no answer can be kept from the turn before.
 */
export async function measureLongTrack(
  registry: readonly RegistryLineEvent[],
  { apiUrl, track, instants, turns }: LongTrackReads,
): Promise<LongTrackFigures[]> {
  const ways = [
    { title: 'as known now', knownAt: instants.afterAmendments, events: [...track.statements, ...track.amendments] },
    { title: 'as known before 5 % were amended', knownAt: instants.beforeAmendments, events: track.statements },
  ]
  const figures: LongTrackFigures[] = []
  for (const { title, knownAt, events } of ways) {
    const fold = foldInMemory(registry, track, events)
    const read = (asOf: string) => readPositions(apiUrl, track, { asOf, knownAt })
    figures.push({ title, statements: track.statements.length, ...(await inTurns(turns, read, fold)) })
  }
  return figures
}

async function inTurns(turns: number, read: (asOf: string) => Promise<TimedRead>, fold: (asOf: string) => TimedFold) {
  const readMs: number[] = []
  const foldMs: number[] = []
  // two of each first: compilers and caches have warmed up when it counts
  for (let turn = -2; turn < turns; turn++) {
    const asOf = asOfAt(turn + 2)
    const served = await read(asOf)
    const folded = fold(asOf)
    if (served.positions !== folded.positions)
      throw new Error(`the api serves ${served.positions} positions, the fold in memory has ${folded.positions}`)
    if (turn < 0) continue
    readMs.push(served.ms)
    foldMs.push(folded.ms)
  }
  return { read: spreadOf(readMs), fold: spreadOf(foldMs) }
}

const spreadOf = (sample: readonly number[]): Spread => ({ median: median(sample), fastest: Math.min(...sample) })

interface TimedFold {
  readonly ms: number
  readonly positions: number
}

/** The fold alone, on states that are there: what the read is measured by. */
function foldInMemory(
  registryEvents: readonly RegistryLineEvent[],
  { actor, dossier }: BenchTrack,
  events: BenchTrack['statements'],
): (asOf: string) => TimedFold {
  const { registry, states } = ledgerInMemory(registryEvents, events)
  const own = [...states.values()].filter((state) => trackActors(state, registry).includes(actor))
  return (asOf) => {
    const startedAt = performance.now()
    const { statements } = trackInput(own, registry, actor, { asOf })
    const { positions } = foldTrack(statements, trackMatters(registry, dossier, actor))
    return { ms: performance.now() - startedAt, positions: positions.length }
  }
}
