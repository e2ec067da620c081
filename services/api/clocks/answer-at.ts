import { LedgerError } from '#libs/contracts/error-codes.js'
import { resolveActor, type Registry } from '#libs/ledger/registry.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from '../answers.js'
import type { ApiReads } from '../route.js'
import { freshnessOf, type ReadClocks } from './clock-query.js'
import { foldAt, registryAt, type TrackAt } from './fold-at.js'
import type { TrackSelection } from './track-states.js'

/** The filters that decide which tracks are folded. */
export interface TrackFilter {
  readonly actor?: string | undefined
  readonly dossier?: string | undefined
  readonly matter?: string | undefined
}

export interface ReadAt {
  readonly tracks: readonly TrackAt[]
  readonly registry: Registry
  /** The filter's actor by the registry of then; undefined where it has none, or does not know it. */
  readonly actor: string | undefined
  /** The clocks with the reducer that has folded: what `sendAt` cites. */
  readonly cited: ReadClocks
}

/**
 * Reads tracks on the clocks of a request, in one snapshot.
 * @param check may refuse by what the registry of then knows, before anything is folded
 * @throws LedgerError CLOCK_NEEDS_FILTER, KNOWN_AT_BEHIND, REDUCER_CHANGED, RESULT_TOO_LARGE, SUPPRESSED
 */
export const readAt = async (
  apiReads: ApiReads,
  clocks: ReadClocks,
  filter: TrackFilter,
  check: (registry: Registry) => unknown = () => undefined,
): Promise<ReadAt> => {
  if (
    clocks.knownAt !== undefined &&
    filter.actor === undefined &&
    filter.dossier === undefined &&
    filter.matter === undefined
  )
    throw new LedgerError('CLOCK_NEEDS_FILTER')
  const pinned = freshnessOf(clocks, new Date()) === 'pinned'
  return apiReads.reads.snapshot(async (snapshot) => {
    const { reducer } = snapshot.generation
    if (clocks.reducer !== undefined && clocks.reducer !== reducer) throw new LedgerError('REDUCER_CHANGED')
    const registry = await registryAt(apiReads, snapshot, clocks)
    check(registry)
    const selection = selectionOf(registry, filter)
    const tracks = selection === null ? [] : await foldAt(apiReads, snapshot, registry, clocks, selection, pinned)
    return { tracks, registry, actor: selection?.actor, cited: { ...clocks, reducer } }
  })
}

/** @returns null where the filter names what is not known, so that nothing can be found */
const selectionOf = (registry: Registry, { actor, dossier, matter }: TrackFilter): TrackSelection | null => {
  const known = actor === undefined ? undefined : resolveActor(registry, actor)
  if (actor !== undefined && known === undefined) return null
  const home = matter === undefined ? undefined : registry.matters.get(matter)?.dossier
  if (matter !== undefined && (home === undefined || (dossier !== undefined && dossier !== home))) return null
  const only = dossier ?? home
  return { actor: known, dossiers: only === undefined ? undefined : [only] }
}

/** Sends what was read on clocks; what can never change again says so, and by which address to cite it. */
export const sendAt = (
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  cited: ReadClocks,
  body: string,
): FastifyReply | Promise<FastifyReply> => {
  const freshness = freshnessOf(cited, new Date())
  if (freshness === 'pinned') reply.header('link', citation(apiReads.publicUrl, request, cited))
  return sendJson(request, reply, body, freshness)
}

/** A link to one address for one content: parameters by name, clocks in one form, and by which reducer. */
export const citation = (publicUrl: string, request: FastifyRequest, clocks: ReadClocks): string => {
  const url = new URL(request.url, publicUrl)
  for (const [name, value] of Object.entries(clocks)) url.searchParams.set(name, String(value))
  url.searchParams.sort()
  return `<${publicUrl}${url.pathname}?${url.searchParams.toString()}>; rel="cite-as"`
}
