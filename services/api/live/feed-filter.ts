import { FEED_EVENTS } from '#libs/contracts/change-feed.js'
import { resolveActor } from '#libs/ledger/registry.js'
import { CHANGE_KINDS } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { actorText, booleanParameter, dossierFilter, facetFilter, matterFilter } from '../describe.js'
import type { ApiReads } from '../route.js'
import type { FeedEntry } from './feed-entry.js'

/** A place in the feed, as callers name it; 0 is before its first. */
export const feedNumber = z.string().regex(/^\d{1,15}$/, 'must be a number that the feed gave')

/** What of the feed a reader asks for: the names are those of `GET /v1/changes`. */
export const feedFilterParameters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  facet: facetFilter,
  kind: z.enum(CHANGE_KINDS).optional().meta({ description: 'Of a change; leaves conflicts out' }),
  reversesEarlier: booleanParameter.optional().meta({ description: 'Of a change; leaves conflicts out' }),
  event: z.enum(FEED_EVENTS).optional().meta({ description: 'Only what is told by this event' }),
}
export type FeedFilter = {
  readonly [name in keyof typeof feedFilterParameters]?: z.output<(typeof feedFilterParameters)[name]>
}

/** The same text for filters that ask the same, so that their readers share what is built for one. */
export const filterKey = (filter: FeedFilter): string =>
  JSON.stringify(
    Object.entries(filter)
      .filter(([, value]) => value !== undefined)
      .sort(),
  )

export const asksForAll = (filter: FeedFilter): boolean => Object.values(filter).every((value) => value === undefined)

/**
 * What a filter asks, with its actor as the registry has it now: a name, an alias, or an actor that has been merged since.
 * What was taken down passes, whatever it was: only its event is looked at.
 */
export const matcherOf = (filter: FeedFilter, canonicalActor: string | undefined) => {
  const { actor, dossier, matter, facet, kind, reversesEarlier, event } = filter
  return (entry: FeedEntry): boolean =>
    (event === undefined || entry.event === event) &&
    (entry.withheld ||
      ((actor === undefined || entry.actor === canonicalActor || entry.actor === actor) &&
        (dossier === undefined || entry.dossier === dossier) &&
        (matter === undefined || entry.matters.includes(matter)) &&
        (facet === undefined || entry.facet === facet) &&
        (kind === undefined || entry.kind === kind) &&
        (reversesEarlier === undefined || entry.reversesEarlier === reversesEarlier)))
}

/** The actor that a filter names, where the newest registry in memory does not know it in that of the read models. */
export const canonicalActorOf = async (
  { reads, registry }: Pick<ApiReads, 'reads' | 'registry'>,
  actor: string | undefined,
): Promise<string | undefined> => {
  if (actor === undefined) return undefined
  const newest = registry.latest()
  return (newest && resolveActor(newest, actor)) ?? resolveActor(await reads.snapshot((one) => registry.at(one)), actor)
}
