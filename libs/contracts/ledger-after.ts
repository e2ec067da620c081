import type { SourceTopicRole } from './topics.js'

/** A record that a read must have seen: where it stands on which topic. */
export interface CoveredPlace {
  readonly topicRole: SourceTopicRole
  readonly partition: number
  readonly offset: bigint
}

const LETTERS = { statements: 's', reports: 'r', registry: 'g' } as const satisfies Record<SourceTopicRole, string>

/**
 * Writes a `Ledger-After` token: base64url of `s3.42,g0.17`, the last record of each partition that a read must have
 * seen. docs/design.md 8; the api reads it back in services/api/reads/ledger-after.ts.
 */
export function ledgerAfter(places: readonly CoveredPlace[]): string {
  const last = new Map<string, bigint>()
  for (const { topicRole, partition, offset } of places) {
    const key = `${LETTERS[topicRole]}${partition}`
    if (offset >= (last.get(key) ?? 0n)) last.set(key, offset)
  }
  return Buffer.from([...last].map(([key, offset]) => `${key}.${offset}`).join(',')).toString('base64url')
}
