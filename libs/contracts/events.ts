import type { z } from 'zod'
import { REGISTRY_EVENTS } from './registry-events.js'
import { REPORT_EVENTS } from './report-events.js'
import { STATEMENT_EVENTS } from './statement-events.js'
import type { SourceTopicRole } from './topics.js'

/** Every event type, its schema and the topic it belongs on. A version is never removed: an old one is upcast on read. */
export const EVENT_SCHEMAS = { ...REGISTRY_EVENTS, ...REPORT_EVENTS, ...STATEMENT_EVENTS } as const
export type EventType = keyof typeof EVENT_SCHEMAS
export type RegistryEventType = keyof typeof REGISTRY_EVENTS
export type ReportEventType = keyof typeof REPORT_EVENTS
export type StatementEventType = keyof typeof STATEMENT_EVENTS

/** The attributes that every event of ours has; `data` by type. CloudEvents 1.0, docs/design.md 5. */
export interface EventOf<T extends EventType> {
  specversion: '1.0'
  id: string
  source: string
  type: T
  subject: string
  time: string
  datacontenttype: 'application/json'
  dataschema: string
  partitionkey: string
  recordedby: string
  traceparent?: string
  data: z.output<(typeof EVENT_SCHEMAS)[T]>
}
/** Distributes over the union, so that `switch (event.type)` narrows `event.data`. */
export type AnyEventOf<T extends EventType> = T extends EventType ? EventOf<T> : never
export type LedgerEvent = AnyEventOf<EventType>
export type RegistryEvent = AnyEventOf<RegistryEventType>
export type ReportEvent = AnyEventOf<ReportEventType>
export type StatementEvent = AnyEventOf<StatementEventType>

const TOPIC_BY_TYPE = new Map<string, SourceTopicRole>([
  ...Object.keys(REGISTRY_EVENTS).map((type) => [type, 'registry'] as const),
  ...Object.keys(REPORT_EVENTS).map((type) => [type, 'reports'] as const),
  ...Object.keys(STATEMENT_EVENTS).map((type) => [type, 'statements'] as const),
])

/** On which topic events of a type belong; undefined for a type that is not ours. */
export const topicOfType = (type: string): SourceTopicRole | undefined => TOPIC_BY_TYPE.get(type)
export const isEventType = (type: string): type is EventType => TOPIC_BY_TYPE.has(type)
export const isRegistryEvent = (event: LedgerEvent): event is RegistryEvent => event.type in REGISTRY_EVENTS
export const isReportEvent = (event: LedgerEvent): event is ReportEvent => event.type in REPORT_EVENTS
export const isStatementEvent = (event: LedgerEvent): event is StatementEvent => event.type in STATEMENT_EVENTS

/** The Kafka key of an event: the dossier for statements, the entity's own id for the rest. */
export function partitionKeyOf(type: EventType, subject: string, data: unknown): string {
  return topicOfType(type) === 'statements' ? (data as { dossier: string }).dossier : subject
}
