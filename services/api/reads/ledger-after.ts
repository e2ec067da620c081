import { LedgerError } from '#libs/contracts/error-codes.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'

/** One record that a read must have seen: the last one of a write. */
export interface CoveredRecord {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: bigint
}

/** How far the read models have read: the first offset not read, by `statements/3`. */
export type Checkpoints = ReadonlyMap<string, bigint>

export const checkpointKey = (topic: string, partition: number): string => `${topic}/${partition}`

/**
 * Reads a `Ledger-After` token: base64url of `s3.42,g0.17`, topic, partition and offset of each record, where s is
 * statements, r reports, g registry (docs/design.md 8).
 * @throws LedgerError TOKEN_INVALID
 */
export const parseLedgerAfter = (token: string): CoveredRecord[] => {
  if (!/^[A-Za-z0-9_-]{1,2000}$/.test(token)) throw new LedgerError('TOKEN_INVALID')
  const records = Buffer.from(token, 'base64url').toString('latin1').split(',').map(parseRecord)
  if (records.length > RECORDS_MAX) throw new LedgerError('TOKEN_INVALID')
  return records
}

const RECORDS_MAX = 100
const TOPIC_BY_LETTER: Record<string, SourceTopicRole> = { s: 'statements', r: 'reports', g: 'registry' }

const parseRecord = (text: string): CoveredRecord => {
  const match = /^([srg])(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,17})$/.exec(text)
  const topic = TOPIC_BY_LETTER[match?.[1] ?? '']
  if (!match || !topic) throw new LedgerError('TOKEN_INVALID')
  return { topic, partition: Number(match[2]), offset: BigInt(match[3] ?? '0') }
}

/** What of a token is not read yet. */
export const uncovered = (records: readonly CoveredRecord[], checkpoints: Checkpoints): CoveredRecord[] =>
  records.filter(({ topic, partition, offset }) => (checkpoints.get(checkpointKey(topic, partition)) ?? 0n) <= offset)
