import type { Change, Conflict } from '#libs/ledger/track.js'
import { renderChange, renderConflict } from '#libs/resources/change-resource.js'

interface Published {
  readonly id: string
  readonly actor: string
  readonly dossier: string
  readonly revision: number
}

/** A change as it stood when it was revoked, with the revision of its revocation. */
export type RevokedChange = Change & Published
export type RevokedConflict = Conflict & Published

/** What a message on the topic of changes says. */
export type Announcement = 'asserted' | 'revoked' | 'opened' | 'settled'

/** JSON of `{ announcement, change }`. */
export const changeMessage = (announcement: Announcement, change: Change & Published): string => {
  const { id, actor, dossier, revision } = change
  const rendered = renderChange({ id, actor, dossier, revision, revoked: announcement === 'revoked', change })
  return `{"announcement":"${announcement}","change":${JSON.stringify(rendered)}}`
}

/** JSON of `{ announcement, conflict }`. */
export const conflictMessage = (announcement: Announcement, conflict: Conflict & Published): string => {
  const { id, actor, dossier, revision } = conflict
  const rendered = renderConflict({ id, actor, dossier, revision, revoked: announcement === 'revoked', conflict })
  return `{"announcement":"${announcement}","conflict":${JSON.stringify(rendered)}}`
}
