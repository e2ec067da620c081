import { copyInto } from '#libs/postgres/copy.js'
import type { Client } from '#libs/postgres/database.js'
import { changeMessage, conflictMessage, type RevokedChange, type RevokedConflict } from '../outbox/messages.js'
import { OutboxMessages, OUTBOX_TARGET } from '../outbox/outbox-rows.js'
import type { CarriedDifferences, GenerationPair } from './carry-over.js'
import { CHANGES_BY_ID, CONFLICTS_BY_ID, DIFFERING_POSITIONS } from './carry-over.sql.js'

/** How many messages a promotion published. */
export interface PublishedDifferences {
  readonly positions: number
  readonly changes: number
}

/** Puts what differs, and only that, into the outbox: positions as they now are, revocations first among the changes. */
export const publishDifferences = async (
  client: Client,
  { live, own }: GenerationPair,
  differences: CarriedDifferences,
): Promise<PublishedDifferences> => {
  const positions = new OutboxMessages()
  const { rows } = await client.query<DifferingPosition>(DIFFERING_POSITIONS(live, own))
  for (const { actor, matter, facet, body } of rows) positions.add(`${actor}|${matter}|${facet}`, body)
  await copyInto(client, OUTBOX_TARGET, positions.toRows('positions'))
  const lines = [
    ...(await changeLines(client, own, differences.changes)),
    ...(await conflictLines(client, own, differences.conflicts)),
  ]
  const changes = new OutboxMessages()
  for (const { dossier, text } of lines.filter(({ revoked }) => revoked)) changes.add(dossier, text)
  for (const { dossier, text } of lines.filter(({ revoked }) => !revoked)) changes.add(dossier, text)
  await copyInto(client, OUTBOX_TARGET, changes.toRows('changes'))
  return { positions: rows.length, changes: lines.length }
}

interface DifferingPosition {
  readonly actor: string
  readonly matter: string
  readonly facet: string
  readonly body: string | null
}

interface Line {
  readonly dossier: string
  readonly revoked: boolean
  readonly text: string
}

const changeLines = async (client: Client, own: string, ids: readonly string[]): Promise<Line[]> => {
  const { rows } = await client.query<RevokedChange & { revoked: boolean }>(CHANGES_BY_ID(own), [ids])
  return rows.map(({ revoked, ...change }) => ({
    dossier: change.dossier,
    revoked,
    text: changeMessage(revoked ? 'revoked' : 'asserted', change),
  }))
}

const conflictLines = async (client: Client, own: string, ids: readonly string[]): Promise<Line[]> => {
  const { rows } = await client.query<RevokedConflict & { revoked: boolean }>(CONFLICTS_BY_ID(own), [ids])
  return rows.map(({ revoked, ...conflict }) => ({
    dossier: conflict.dossier,
    revoked,
    text: conflictMessage(revoked ? 'revoked' : conflict.settledBy === null ? 'opened' : 'settled', conflict),
  }))
}
