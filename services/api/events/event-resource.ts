import type { EventResource } from '#libs/contracts/event-resources.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { OutcomeKind } from '#libs/contracts/vocabulary.js'
import { segment } from '../answers.js'

/** A record and what became of it, as `RECORD_COLUMNS` selects it. */
export interface OutcomeRow {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: string
  readonly recordedAt: string
  readonly eventId: string | null
  readonly type: string | null
  readonly subject: string | null
  readonly dossier: string | null
  readonly outcome: OutcomeKind
  readonly code: string | null
  readonly detail: string | null
  readonly pointer: string | null
  readonly missing: string[] | null
  /** The record itself, where the outcome does not say what event it is. */
  readonly value: string | null
}

/** The name of a topic on the broker: what an operator's decision names. */
export type TopicName = (role: SourceTopicRole) => string

/** @param repeats later records with the same event id */
export const renderEvent = (
  topicName: TopicName,
  row: OutcomeRow,
  repeats: readonly OutcomeRow[] = [],
): EventResource => {
  const { id, type, subject, dossier } = identityOf(row)
  return {
    id,
    type,
    subject,
    dossier,
    ...verdictOf(row),
    ...addressOf(topicName, row),
    recordedAt: row.recordedAt,
    repeats: repeats.map((repeat) => ({
      ...addressOf(topicName, repeat),
      ...verdictOf(repeat),
      recordedAt: repeat.recordedAt,
    })),
    links: {
      self: id === null ? null : `/v1/events/${segment(id)}`,
      subject: subjectLink(type, subject),
    },
  }
}

const verdictOf = ({ outcome, code, detail, pointer, missing }: OutcomeRow) => ({
  outcome,
  code,
  detail,
  pointer,
  missing: missing ?? [],
})

const addressOf = (topicName: TopicName, { topic, partition, offset }: OutcomeRow) => ({
  topic: topicName(topic),
  partition,
  offset,
})

type Identity = Pick<EventResource, 'id' | 'type' | 'subject' | 'dossier'>

/** An applied record has no row of its own; what event it was stands in the record. */
const identityOf = (row: OutcomeRow): Identity => {
  const written: Attributes = row.value === null ? {} : attributesOf(row.value)
  return {
    id: row.eventId ?? textOf(written.id),
    type: row.type ?? textOf(written.type),
    subject: row.subject ?? textOf(written.subject),
    dossier: row.dossier ?? (row.topic === 'statements' ? textOf(written.partitionkey) : null),
  }
}

type Attributes = Readonly<Partial<Record<'id' | 'type' | 'subject' | 'partitionkey', unknown>>>

const attributesOf = (value: string): Attributes => {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null)

const COLLECTION_BY_ENTITY: Record<string, string> = {
  actor: 'actors',
  actors: 'actors',
  office: 'offices',
  dossier: 'dossiers',
  matter: 'matters',
  source: 'sources',
  report: 'reports',
  statement: 'statements',
  statements: 'statements',
  evidence: 'statements',
}

const subjectLink = (type: string | null, subject: string | null): string | null => {
  const collection = COLLECTION_BY_ENTITY[type?.split('.')[1] ?? '']
  return collection === undefined || subject === null ? null : `/v1/${collection}/${segment(subject)}`
}
