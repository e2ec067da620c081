import type { Day } from '#libs/contracts/primitives.js'
import type { Evidence } from '#libs/contracts/statement-events.js'
import type { Authority, Capacity } from '#libs/contracts/vocabulary.js'
import { canonicalActor, type Registry } from './registry.js'
import { counts, type StatementState } from './statement.js'
import type { Bounds } from './bounds.js'
import { saidBounds, parseEdtf, publishedBounds } from './time.js'
import type { PublishedBounds, TrackStatement } from './track.js'

/** The two clocks of the world; the third, `knownAt`, decides which states and which registry are given. Absent: no limit. */
export interface Clocks {
  readonly asOf?: Day | undefined
  readonly publicAt?: Day | undefined
}

/** When a statement was said and first published, by its evidence. */
export interface StatementDates {
  readonly said: { readonly earliest: Day | null; readonly latest: Day }
  readonly disputed: boolean
  readonly published: PublishedBounds
}

/** Canonical actors whose track this statement feeds. Empty if it does not count, or takes no stance. */
export function trackActors(state: StatementState, registry: Registry): string[] {
  if (!counts(state) || state.coding.stances.length === 0) return []
  return [...new Set(state.coding.onBehalfOf.map((o) => canonicalActor(registry, o.actor)))]
}

/** Dates by the evidence that was published by `publicAt`; null if there is none. Docs/design.md 4. */
export function datesOf(evidence: readonly Evidence[], publicAt: Day | undefined): StatementDates | null {
  const publications: PublishedBounds[] = []
  const claims: Bounds[] = []
  for (const one of evidence) {
    const published = closedBounds(one.published)
    if (published === null || (publicAt !== undefined && published.latest > publicAt)) continue
    publications.push(published)
    const said = one.said === undefined ? null : parseEdtf(one.said)
    if (said?.ok) claims.push(said.bounds)
  }
  if (publications.length === 0) return null
  const published = publishedBounds(publications)
  const { disputed, ...said } = saidBounds(claims, published)
  return { said, disputed, published }
}

function closedBounds(edtf: string): PublishedBounds | null {
  const parsed = parseEdtf(edtf)
  if (!parsed.ok || parsed.bounds.earliest === null || parsed.bounds.latest === null) return null
  return { earliest: parsed.bounds.earliest, latest: parsed.bounds.latest }
}

export type Placed =
  | { readonly counts: 'yes'; readonly statement: TrackStatement }
  /** Its bounds straddle `asOf`: it may have been said by then. */
  | { readonly counts: 'possible' }
  | { readonly counts: 'no' }

/** One statement as it counts for one actor on the given clocks. */
export function placeStatement(state: StatementState, registry: Registry, actor: string, clocks: Clocks = {}): Placed {
  const capacity = capacityFor(state, registry, actor)
  if (capacity === null || !counts(state)) return { counts: 'no' }
  const dates = datesOf(state.evidence, clocks.publicAt)
  if (dates === null) return { counts: 'no' }
  const { asOf } = clocks
  if (asOf !== undefined && dates.said.latest > asOf)
    return { counts: dates.said.earliest === null || dates.said.earliest <= asOf ? 'possible' : 'no' }
  const office = state.coding.office === undefined ? undefined : registry.offices.get(state.coding.office)
  return {
    counts: 'yes',
    statement: {
      id: state.id,
      speaker: canonicalActor(registry, state.coding.speaker),
      authority: office?.authority ?? ('UNATTRIBUTED' satisfies Authority),
      capacity,
      officeUntil: office?.until === undefined ? null : lastDay(office.until),
      said: dates.said,
      published: dates.published,
      stances: state.coding.stances,
      retracted: retractedOn(state, clocks),
    },
  }
}

/** The statements of one track as `foldTrack` takes them, and the ids of those that may or may not have been said by `asOf`. */
export function trackInput(
  states: Iterable<StatementState>,
  registry: Registry,
  actor: string,
  clocks: Clocks = {},
): { statements: TrackStatement[]; possible: string[] } {
  const statements: TrackStatement[] = []
  const possible: string[] = []
  for (const state of states) {
    if (state.coding.stances.length === 0) continue
    const placed = placeStatement(state, registry, actor, clocks)
    if (placed.counts === 'yes') statements.push(placed.statement)
    else if (placed.counts === 'possible') possible.push(state.id)
  }
  return { statements, possible: possible.sort() }
}

/** In what capacity it speaks for the actor, the strongest where it names it twice; null where it does not speak for it. */
function capacityFor(state: StatementState, registry: Registry, actor: string): Capacity | null {
  const capacities = state.coding.onBehalfOf
    .filter((o) => o.actor === actor || canonicalActor(registry, o.actor) === actor)
    .map((o) => o.capacity)
  if (capacities.length === 0) return null
  return capacities.find((c) => c === 'OWN') ?? capacities.find((c) => c === 'JOINT') ?? 'BLOC'
}

function retractedOn(state: StatementState, clocks: Clocks): Day | null {
  if (state.retraction === null) return null
  const dates = datesOf(state.retraction.evidence, clocks.publicAt)
  if (dates === null || (clocks.asOf !== undefined && dates.said.latest > clocks.asOf)) return null
  return dates.said.latest
}

const lastDay = (edtf: string): Day | null => {
  const parsed = parseEdtf(edtf)
  return parsed.ok ? parsed.bounds.latest : null
}
