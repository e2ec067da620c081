import { LedgerError } from '#libs/contracts/error-codes.js'
import { AUTHORITIES, type Authority } from '#libs/contracts/vocabulary.js'
import { narrowerOf } from '#libs/ledger/registry-matters.js'
import { resolveActor, type Registry } from '#libs/ledger/registry.js'
import { z } from 'zod'
import { withActors } from '../reads/actor-filter.js'
import { pagesIn, type PageReader } from '../reads/page-reader.js'
import type { Snapshot } from '../reads/snapshot.js'
import type { ReadClocks } from '../clocks/clock-query.js'
import { booleanParameter } from '../describe.js'
import type { ApiReads } from '../route.js'

export const includeNarrower = booleanParameter.optional().meta({
  description: 'With `matter`: also all matters narrower than it, at any depth',
  examples: ['true'],
})

export const minAuthority = (whose: string) =>
  z
    .enum(AUTHORITIES)
    .optional()
    .meta({
      description: `At least this authority, ${whose}: BINDING > PRINCIPAL > SENIOR > VOICE > UNATTRIBUTED`,
      examples: ['SENIOR'],
    })

/** The authorities that are at least so high. */
export const authoritiesFrom = (least: Authority | undefined): readonly Authority[] | undefined =>
  least === undefined ? undefined : AUTHORITIES.slice(0, AUTHORITIES.indexOf(least) + 1)

/** Offices with at least this authority; undefined where any will do, none included. */
export const officesFrom = (registry: Registry, least: Authority | undefined): string[] | undefined => {
  if (least === undefined || least === 'UNATTRIBUTED') return undefined
  const enough = new Set(authoritiesFrom(least))
  return [...registry.offices.values()].filter(({ authority }) => enough.has(authority)).map(({ id }) => id)
}

/** A dossier with more would be another kind of thing. */
const MATTERS_MAX = 2_000

/** A matter and those narrower than it, at any depth. @throws LedgerError RESULT_TOO_LARGE */
export const matterTree = (registry: Registry, matter: string): string[] => {
  const found = new Set([matter])
  // a set grows while it is walked, and each matter enters it once
  for (const one of found) {
    for (const narrower of narrowerOf(registry, one)) found.add(narrower)
    if (found.size > MATTERS_MAX)
      throw new LedgerError('RESULT_TOO_LARGE', { detail: `There are more than ${MATTERS_MAX} narrower matters.` })
  }
  return [...found]
}

/** The matters that `matter` and `includeNarrower` ask for; undefined for all. */
export const mattersAsked = (
  registry: Registry,
  { matter, includeNarrower }: MatterFilter,
): ReadonlySet<string> | undefined =>
  matter === undefined ? undefined : new Set(includeNarrower === true ? matterTree(registry, matter) : [matter])

export interface MatterFilter {
  readonly matter?: string | undefined
  readonly includeNarrower?: boolean | undefined
}

/** @throws LedgerError PARAMETERS_CONTRADICTORY */
export const checkMatterFilter = ({ matter, includeNarrower }: MatterFilter): void => {
  if (includeNarrower === true && matter === undefined)
    throw contradictory('includeNarrower', 'needs a `matter` to be narrower than')
}

/** @throws LedgerError PARAMETERS_CONTRADICTORY */
export const checkDays = ({ from, to }: { from?: string | undefined; to?: string | undefined }): void => {
  if (from !== undefined && to !== undefined && from > to) throw contradictory('from', 'comes after `to`')
}

/** What was folded for one read was never asserted, so none of it can have been revoked. @throws LedgerError PARAMETERS_CONTRADICTORY */
export const checkRevoked = (includeRevoked: boolean | undefined, clocks: ReadClocks | null): void => {
  if (includeRevoked === true && clocks !== null)
    throw contradictory('includeRevoked', 'is for live reads: a read with a clock knows nothing that was revoked')
}

export const contradictory = (pointer: string, detail: string): LedgerError =>
  new LedgerError('PARAMETERS_CONTRADICTORY', {
    detail: `\`${pointer}\` ${detail}.`,
    faults: [{ code: 'PARAMETERS_CONTRADICTORY', pointer, detail }],
  })

export type Filters<Filter extends string> = Partial<Record<Filter, unknown>>

/** The filters of a live read. */
export interface LiveFilters<Filter extends string> {
  readonly given: Filters<Filter>
  /** Filters that name actors, by id, name or alias. */
  readonly actors: readonly Filter[]
  /** Filters that the registry decides. Absent where there are none: then one query will do. */
  readonly byRegistry?: ((registry: Registry) => Filters<Filter>) | undefined
}

/** All filters of a live read, by the registry of a snapshot. */
export const filtersIn = async <Filter extends string>(
  { registry }: Pick<ApiReads, 'registry'>,
  snapshot: Snapshot,
  { given, actors, byRegistry }: LiveFilters<Filter>,
): Promise<Filters<Filter>> => {
  if (byRegistry === undefined && actors.every((name) => given[name] === undefined)) return given
  const known = await registry.at(snapshot)
  const filters: Filters<Filter> = { ...given }
  for (const name of actors) {
    const actor = given[name]
    if (typeof actor === 'string') filters[name] = resolveActor(known, actor) ?? actor
  }
  return { ...filters, ...byRegistry?.(known) }
}

/** Reads pages with the filters of a live read. @param isEmpty as for `withActors` */
export const queryWith = <Filter extends string, T>(
  apiReads: ApiReads,
  filters: LiveFilters<Filter>,
  run: (pages: PageReader, filters: Filters<Filter>) => Promise<T>,
  isEmpty: (result: T) => boolean,
): Promise<T> =>
  filters.byRegistry === undefined
    ? withActors(apiReads, filters.given, filters.actors, (given) => run(apiReads.pages, given), isEmpty)
    : apiReads.reads.snapshot(async (snapshot) => run(pagesIn(snapshot), await filtersIn(apiReads, snapshot, filters)))
