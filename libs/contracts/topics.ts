/** The topics, their keys, partitions and retention (docs/design.md 2). A topic's partition count is fixed when it is made. */
export const TOPICS = {
  registry: { name: 'ledger.registry.v1', partitions: 1, cleanup: 'delete', key: 'entity id' },
  reports: { name: 'ledger.reports.v1', partitions: 6, cleanup: 'delete', key: 'report id' },
  statements: { name: 'ledger.statements.v1', partitions: 12, cleanup: 'delete', key: 'dossier' },
  positions: { name: 'ledger.positions.v1', partitions: 12, cleanup: 'compact', key: 'actor|matter|facet' },
  changes: { name: 'ledger.position-changes.v1', partitions: 1, cleanup: 'delete', key: 'dossier' },
} as const satisfies Record<string, TopicSpec>

export type TopicRole = keyof typeof TOPICS
/** The topics that are the record: all else is derived from them. */
export const SOURCE_TOPIC_ROLES = ['registry', 'reports', 'statements'] as const
export type SourceTopicRole = (typeof SOURCE_TOPIC_ROLES)[number]

export interface TopicSpec {
  name: string
  partitions: number
  cleanup: 'delete' | 'compact'
  key: string
}

/** Largest record that is read, in bytes of its value. Larger ones are quarantined. */
export const RECORD_BYTES_MAX = 256 * 1024
