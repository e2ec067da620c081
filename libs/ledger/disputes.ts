import type { DisputeKind, Role } from '#libs/contracts/vocabulary.js'
import { ascending } from './claim-order.js'
import { signFor } from './claims.js'
import { extentOf, overlap, type Extent } from './scope.js'
import type { StandingClaim } from './track.js'

/** What one actor holds on one matter and FACT: its direct standing claims, and its part in the matter. */
export interface DisputeParty {
  readonly actor: string
  readonly role: Role
  readonly standingClaims: readonly StandingClaim[]
}

export interface Dispute {
  readonly matter: string
  /** Sorted. */
  readonly actors: readonly [string, string]
  readonly kind: DisputeKind
}

/**
 * Which actors gainsay each other on a matter's FACT (docs/design.md 6.10): OPPOSED where one denies what another
 * affirms, else EXTENT where both affirm, one of them has a part in it, and they differ on when or how much.
 * @param parties  each actor once, all as of the same day
 * @returns by actors; at most one for each two of them
 */
export const disputesOn = (matter: string, parties: readonly DisputeParty[]): Dispute[] => {
  const sides = parties.map(sideOf).sort((a, b) => ascending(a.actor, b.actor))
  return sides.flatMap((one, index) =>
    sides.slice(index + 1).flatMap((other) => {
      const kind = kindOf(one, other)
      return kind === null ? [] : [{ matter, actors: [one.actor, other.actor] as const, kind }]
    }),
  )
}

interface Side {
  readonly actor: string
  readonly role: Role
  readonly claims: readonly SideClaim[]
}

interface SideClaim {
  readonly value: StandingClaim['value']
  readonly sign: number
  readonly extent: Extent
}

const sideOf = ({ actor, role, standingClaims }: DisputeParty): Side => ({
  actor,
  role,
  claims: standingClaims.map(({ value, scope }) => ({
    value,
    sign: signFor(value, role),
    extent: extentOf(scope ?? undefined),
  })),
})

const kindOf = (one: Side, other: Side): DisputeKind | null => {
  if (somePair(one, other, areOpposed)) return 'OPPOSED'
  const isParty = one.role !== 'THIRD' || other.role !== 'THIRD'
  return isParty && somePair(one, other, differInExtent) ? 'EXTENT' : null
}

const somePair = (one: Side, other: Side, holds: (a: SideClaim, b: SideClaim) => boolean): boolean =>
  one.claims.some((a) => other.claims.some((b) => holds(a, b)))

const areOpposed = (a: SideClaim, b: SideClaim): boolean => a.sign * b.sign < 0 && overlap(a.extent, b.extent)

const differInExtent = (a: SideClaim, b: SideClaim): boolean =>
  a.sign > 0 && b.sign > 0 && (a.value !== b.value || windowsAreDisjoint(a.extent, b.extent))

const windowsAreDisjoint = (a: Extent, b: Extent): boolean => a.from > b.until || b.from > a.until
