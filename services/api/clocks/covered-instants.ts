import { LedgerError } from '#libs/contracts/error-codes.js'
import type { Snapshot } from '../reads/snapshot.js'
import { PARTITIONS_BEHIND } from './track-states.sql.js'

/** Up to which instant the read models have all that was recorded (docs/design.md 4, `knownAt`). */
export interface CoveredInstants {
  /** @throws LedgerError KNOWN_AT_BEHIND if a partition may still bring records from before the instant */
  refuseIfBehind(snapshot: Snapshot, knownAt: string): Promise<void>
}

/**
 * What a generation once covered it covers ever after, and with it every instant before: so the latest that was seen is
 * remembered, and only a later one is looked up.
 */
export const openCoveredInstants = (): CoveredInstants => {
  let latest: Covered | undefined
  return {
    refuseIfBehind: async (snapshot, knownAt) => {
      if (latest && holdsIn(latest, snapshot) && knownAt <= latest.instant) return
      await lookUp(snapshot, knownAt)
      const seen = { generation: snapshot.generation.id, instant: knownAt, seenAtMs: performance.now() }
      if (latest?.generation !== seen.generation || latest.instant < knownAt) latest = seen
    },
  }
}

interface Covered {
  readonly generation: number
  readonly instant: string
  readonly seenAtMs: number
}

/** A snapshot from before it was seen may be one from before it was so. */
const holdsIn = ({ generation, seenAtMs }: Covered, snapshot: Snapshot): boolean =>
  snapshot.generation.id === generation && seenAtMs <= snapshot.begunAtMs

interface PartitionBehind {
  topic: string
  partition: number
  recordedAt: string | null
}

const lookUp = async (snapshot: Snapshot, knownAt: string): Promise<void> => {
  const values = [snapshot.generation.id, knownAt]
  const behind = await snapshot.rows<PartitionBehind>(() => PARTITIONS_BEHIND, values, 'partitions-behind')
  if (behind.length === 0) return
  const places = behind.map(({ topic, partition, recordedAt }) => `${topic} ${partition} (${recordedAt ?? 'nothing'})`)
  throw new LedgerError('KNOWN_AT_BEHIND', {
    detail: `Read so far, by the last record of each partition: ${places.join(', ')}.`,
    retryAfterSeconds: 1,
  })
}
