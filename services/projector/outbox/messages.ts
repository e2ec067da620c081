import type { Change, Conflict } from '#libs/ledger/track.js'
import { changeJson, conflictJson } from '#libs/resources/resource-json.js'

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

/** JSON of `{ announcement, change }`. @param place may be the change itself, as a query returned it */
export const changeMessage = (
  announcement: Announcement,
  change: Change & Partial<Published>,
  place: Published = change as RevokedChange,
): string => {
  const { id, actor, dossier, revision } = place
  const revoked = announcement === 'revoked'
  return `{"announcement":"${announcement}","change":${changeJson({ id, actor, dossier, revision, revoked, change })}}`
}

/** JSON of `{ announcement, conflict }`. @param place may be the conflict itself, as a query returned it */
export const conflictMessage = (
  announcement: Announcement,
  conflict: Conflict & Partial<Published>,
  place: Published = conflict as RevokedConflict,
): string => {
  const { id, actor, dossier, revision } = place
  const revoked = announcement === 'revoked'
  return `{"announcement":"${announcement}","conflict":${conflictJson({ id, actor, dossier, revision, revoked, conflict })}}`
}
