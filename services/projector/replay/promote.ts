import type pg from 'pg'
import { compareTracks, type Comparison } from '#libs/generations/compare-generations.js'
import { connect, inTransaction } from '#libs/postgres/database.js'
import { ANY_LIVE } from '../batch/projection.js'
import { readCheckpoints, type Checkpoints } from '../checkpoints/checkpoints.js'
import { LOCK_REGISTRY_EXCLUSIVE } from '../checkpoints/checkpoints.sql.js'
import { carryOverAll, carryOverRest, type GenerationPair } from './carry-over.js'
import { ANNOUNCE, MAKE_LIVE, RETIRE_LIVE } from './carry-over.sql.js'
import { LiveFollower } from './follow-live.js'
import type { KnownGeneration } from './generations.js'
import { compareAtOneMoment } from './parity.js'
import { publishDifferences, type PublishedDifferences } from './publish-differences.js'
import { reducersOf } from './reducers-of.js'
import type { ReplayConfig } from './replay-config.js'
import { COUNT_BEHIND } from './replay.sql.js'
import { ReplayError } from './replay-state.js'

export interface Promotion {
  readonly promoted: true
  readonly generation: number
  readonly retired: number
  /** By which projectors fold it from now on. */
  readonly reducer: string
  readonly comparison: Comparison
  readonly published: PublishedDifferences
  /** How long nothing was projected. Reads went on. */
  readonly lockedMs: number
}

/** The two generations differ in what nobody has accepted. */
export interface Refusal {
  readonly promoted: false
  readonly live: number
  readonly comparison: Comparison
}

/**
 * Makes a candidate the live generation: brings it to where the live one stands, carries over what was published, and then,
 * in one transaction during which nothing is projected, reads the last stretch, compares, publishes the differences and flips
 * the pointer (docs/design.md 7). Reads see one generation or the other.
 * @param client holds the lock of replays
 * @param accepted digest of the differences that an operator has accepted
 */
export const promote = async (
  client: pg.Client,
  config: ReplayConfig,
  candidate: KnownGeneration,
  accepted: string | undefined,
  signal: AbortSignal,
): Promise<Promotion | Refusal> => {
  const reducers = await reducersOf(client, config, candidate)
  const follower = new LiveFollower(client, { generation: candidate.id, topicPrefix: config.topicPrefix, reducers })
  await follower.followTo(await readCheckpoints(client, 'live'), signal)
  // refused without having locked anything
  const { live, ...comparison } = await compareAtOneMoment(config.database, follower, { signal })
  if (!isAccepted(comparison, accepted)) return refusalOf({ candidate, live, comparison })
  const swapping = await connect(config.database, { applicationName: 'ledger promote', onIdleError: () => undefined })
  try {
    const { schemaName } = await readCheckpoints(client, 'live')
    await carryOverAll(swapping, { live: schemaName, own: candidate.schemaName })
    follower.forget()
    return await swapWhenNear(swapping, follower, { candidate, live, comparison }, signal)
  } finally {
    await swapping.end()
  }
}

const isAccepted = ({ equal, digest }: Comparison, accepted: string | undefined): boolean =>
  equal || (accepted !== undefined && accepted === digest)

const ATTEMPTS_MAX = 20
/** What is read while nothing is projected: a second of work at most. */
const LOCKED_RECORDS_MAX = 5_000

/** Takes the lock where little is left to read; else reads that first, a bounded number of times. */
const swapWhenNear = async (
  swapping: pg.Client,
  follower: LiveFollower,
  agreed: Agreed,
  signal: AbortSignal,
): Promise<Promotion | Refusal> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    await follower.followTo(await readCheckpoints(follower.client, 'live'), signal)
    const swapped = await inTransaction(swapping, () => swap(swapping, follower, agreed, signal)).catch(
      (error: unknown) => {
        if (error instanceof TooFarBehind) return null
        if (error instanceof OtherDifferences) return refusalOf(agreed)
        throw error
      },
    )
    if (swapped) return swapped
  }
  throw new ReplayError(
    `The live generation was ahead by more than ${LOCKED_RECORDS_MAX} records each time. Try again later.`,
  )
}

/** What is to become live, and how it compared when that was agreed to. */
interface Agreed {
  readonly candidate: KnownGeneration
  readonly live: number
  readonly comparison: Comparison
}

/** Both roll the swap back: nothing of it was. */
class TooFarBehind extends Error {}
/** What was recorded since moved the tracks that differ. */
class OtherDifferences extends Error {}

const refusalOf = ({ live, comparison }: Agreed): Refusal => ({ promoted: false, live, comparison })

const swap = async (
  swapping: pg.Client,
  follower: LiveFollower,
  { candidate, comparison }: Agreed,
  signal: AbortSignal,
): Promise<Promotion> => {
  await swapping.query(LOCK_REGISTRY_EXCLUSIVE, [ANY_LIVE])
  const lockedAtMs = performance.now()
  const { rows } = await swapping.query<{ behind: number }>(COUNT_BEHIND, [candidate.id])
  if ((rows[0]?.behind ?? 0) > LOCKED_RECORDS_MAX) throw new TooFarBehind()
  const live = await readCheckpoints(swapping, 'live')
  await follower.followTo(live, signal)
  checkSameCheckpoints(live, await readCheckpoints(swapping, candidate.id))
  const pair: GenerationPair = { live: live.schemaName, own: candidate.schemaName }
  const tracks = await compareTracks(
    { client: swapping, schemaName: pair.live },
    { client: swapping, schemaName: pair.own },
  )
  if (tracks.digest !== comparison.trackDigest) throw new OtherDifferences()
  const differences = await carryOverRest(swapping, pair, recordedAtOf(live))
  const published = await publishDifferences(swapping, pair, differences)
  // what is proven to give the same goes on under the name of what projectors have
  const reducer = comparison.equal ? live.reducer : candidate.reducer
  await swapping.query(RETIRE_LIVE, [live.generation])
  await swapping.query(MAKE_LIVE, [candidate.id, reducer])
  await swapping.query(ANNOUNCE, [String(candidate.id)])
  const lockedMs = Math.round(performance.now() - lockedAtMs)
  return {
    promoted: true,
    generation: candidate.id,
    retired: live.generation,
    reducer,
    comparison,
    published,
    lockedMs,
  }
}

/** The instant of the last record that both have read: differences are said from there on. */
const recordedAtOf = ({ byPartition }: Checkpoints): string =>
  new Date(Math.max(0, ...[...byPartition.values()].map(({ recordedAtMs }) => recordedAtMs))).toISOString()

const checkSameCheckpoints = (live: Checkpoints, own: Checkpoints): void => {
  for (const [key, { nextOffset }] of live.byPartition)
    if (own.byPartition.get(key)?.nextOffset !== nextOffset)
      throw new Error(`the candidate does not stand where the live generation stands in ${key}`)
}
