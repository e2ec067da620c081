import type { HttpApp } from '#libs/http/build-http.js'
import type { CoveredInstants } from './clocks/covered-instants.js'
import type { JournalEvents } from './clocks/journal-events.js'
import type { StateCache } from './clocks/state-cache.js'
import type { TopicName } from './events/event-resource.js'
import type { LiveChanges } from './live/live-changes.js'
import type { UntilNumbered } from './live/numbering.js'
import type { ExportSlots } from './lists/export-list.js'
import type { PositionReader } from './positions/position-reader.js'
import type { PageReader } from './reads/page-reader.js'
import type { LedgerReads } from './reads/snapshot.js'
import type { RegistryFollower } from './registry/follow-registry.js'

/** The application as its routes see it. */
export type Api = HttpApp

/** What the routes read from. A test passes its own. */
export interface ApiReads {
  readonly reads: LedgerReads
  readonly positions: PositionReader
  readonly pages: PageReader
  readonly registry: RegistryFollower
  readonly topicName: TopicName
  readonly states: StateCache
  readonly journalEvents: JournalEvents
  readonly coveredInstants: CoveredInstants
  readonly live: LiveChanges
  readonly untilNumbered: UntilNumbered
  readonly exports: ExportSlots
  /** What callers reach the api by, without a slash at the end. */
  readonly publicUrl: string
}

/** One use case: adds its route to the application. */
export type Route = (api: Api, reads: ApiReads) => void
