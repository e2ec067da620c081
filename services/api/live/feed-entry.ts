import { feedEventOf, type FeedEvent } from '#libs/contracts/change-feed.js'
import type { Announced } from '#libs/contracts/derived-events.js'

/** One announcement as it is kept in memory: its text, and what filters and takedowns ask of it. */
export interface FeedEntry {
  readonly number: number
  readonly event: FeedEvent
  readonly actor: string
  readonly dossier: string
  readonly matters: readonly string[]
  readonly facet: string
  /** Null for a conflict: `kind` of a filter is one of a change. */
  readonly kind: string | null
  readonly reversesEarlier: boolean | null
  /** If one of these is taken down, nothing of it may be shown. */
  readonly statements: readonly string[]
  /** The item as JSON text, a FeedItem; null: it is not shown, only its number has passed. */
  readonly body: string | null
  /** Its content was taken down. */
  readonly withheld: boolean
}

/** An announcement as the outbox and the topic have it. @param place time: ISO instant */
export const feedEntryOf = (
  announced: Announced,
  place: { readonly number: number; readonly time: string },
): FeedEntry => {
  const event = feedEventOf(announced)
  const head = { number: place.number, event, time: place.time }
  const rest = { number: place.number, event, withheld: false }
  if ('change' in announced) {
    const { change } = announced
    const { actor, dossier, matter, facet, kind, reversesEarlier, statement } = change
    const facts = { actor, dossier, matters: [matter], facet, kind, reversesEarlier, statements: [statement] }
    return { ...rest, ...facts, body: JSON.stringify({ ...head, change }) }
  }
  const { conflict } = announced
  const { actor, dossier, matters, facet, statements } = conflict
  const facts = { actor, dossier, matters, facet, kind: null, reversesEarlier: null, statements }
  return { ...rest, ...facts, body: JSON.stringify({ ...head, conflict }) }
}

/**
 * An entry as it may be shown. Of what was taken down only the revocation is told, by id, so that who has it can forget it
 * (docs/design.md 4).
 */
export const shown = (entry: FeedEntry, takenDown: ReadonlySet<string>): FeedEntry => {
  if (entry.body === null || entry.withheld || !entry.statements.some((id) => takenDown.has(id))) return entry
  return { ...entry, withheld: true, body: entry.event.endsWith('.revoked') ? withoutContent(entry.body) : null }
}

const withoutContent = (body: string): string => {
  const { number, event, time, change, conflict } = JSON.parse(body) as Record<string, { id: string; revision: number }>
  const told = ({ id, revision }: { id: string; revision: number }) => ({
    id,
    revision,
    revoked: true,
    takenDown: true,
  })
  return JSON.stringify({
    number,
    event,
    time,
    ...(change && { change: told(change) }),
    ...(conflict && { conflict: told(conflict) }),
  })
}

/** The frame of an entry in the stream; nothing of one that is not shown. */
export const frameOf = ({ number, event, body }: FeedEntry): string =>
  body === null ? '' : `id: ${number}\nevent: ${event}\ndata: ${body}\n\n`
