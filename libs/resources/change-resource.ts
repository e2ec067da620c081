import type { ChangeResource, ConflictResource } from '#libs/contracts/resources.js'
import type { Change, Conflict } from '#libs/ledger/track.js'

/** Whose track it is of, and how often it was published; `revision` is null where it was folded for one read. */
export interface TrackPlace {
  readonly id: string
  readonly actor: string
  readonly dossier: string
  readonly revision: number | null
  readonly revoked: boolean
}

/** A change of a fold as it is served. */
export const renderChange = ({ change, ...place }: TrackPlace & { readonly change: Change }): ChangeResource => ({
  id: place.id,
  actor: place.actor,
  dossier: place.dossier,
  matter: change.matter,
  facet: change.facet,
  kind: change.kind,
  from: change.from,
  to: change.to,
  order: change.order,
  statement: change.statement,
  validFrom: change.validFrom,
  entailedFrom: change.entailedFrom,
  reversesEarlier: change.reversesEarlier,
  revision: place.revision,
  revoked: place.revoked,
})

/** A conflict of a fold as it is served. */
export const renderConflict = ({
  conflict,
  ...place
}: TrackPlace & { readonly conflict: Conflict }): ConflictResource => ({
  id: place.id,
  actor: place.actor,
  dossier: place.dossier,
  kind: conflict.kind,
  facet: conflict.facet,
  matters: [...conflict.matters],
  statements: [...conflict.statements],
  validFrom: conflict.validFrom,
  settledBy: conflict.settledBy,
  revision: place.revision,
  revoked: place.revoked,
})
