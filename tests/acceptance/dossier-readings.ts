import type { LedgerClient } from '#libs/client/ledger-client.js'
import type { ChangeResource, ConflictResource, PositionResource } from '#libs/contracts/resources.js'
import type { Change, Conflict, Position, TrackFold } from '#libs/ledger/track.js'
import type { LedgerInMemory } from '#tests/libs/ledger/ledger-in-memory.js'

/** A dossier as it is served, before what is compared with it has been made of the same facts. */
export interface ServedDossier {
  /** The bytes of the answer. */
  readonly positionsText: string
  readonly positions: readonly PositionResource[]
  readonly changes: readonly ChangeResource[]
  readonly conflicts: readonly ConflictResource[]
}

/** @param clocks further parameters, `&knownAt=…` */
export async function readDossier(
  { apiUrl, client }: { apiUrl: string; client: LedgerClient },
  dossier: string,
  clocks = '',
): Promise<ServedDossier> {
  const query = `?dossier=${dossier}${clocks}`
  const [positionsText, changes, conflicts] = await Promise.all([
    readText(`${apiUrl}/v1/positions${query}&limit=500`),
    client.readAll<ChangeResource>(`/v1/changes${query}`),
    client.readAll<ConflictResource>(`/v1/conflicts${query}`),
  ])
  return { positionsText, positions: itemsOf(positionsText), changes, conflicts }
}

async function readText(url: string): Promise<string> {
  const answer = await fetch(url)
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${text}`)
  return text
}

const itemsOf = (page: string): PositionResource[] => (JSON.parse(page) as { items: PositionResource[] }).items

/** What both sides of a comparison have, by actor. */
export type Readings = Record<string, { changes: object[]; conflicts: object[]; positions: object[] }>

/** What is served, without what only a stored change has. */
export function readingsOf({ positions, changes, conflicts }: ServedDossier): Readings {
  const readings: Readings = {}
  const of = (actor: string) => (readings[actor] ??= { changes: [], conflicts: [], positions: [] })
  for (const position of positions) of(position.actor).positions.push(positionFields(position))
  for (const change of changes) of(change.actor).changes.push(changeFields(change))
  for (const conflict of conflicts) of(conflict.actor).conflicts.push(conflictFields(conflict))
  return sortedByActor(readings)
}

/** The same of a fold in memory. */
export const expectedOf = (ledger: LedgerInMemory, dossier: string): Readings =>
  sortedByActor(
    Object.fromEntries(
      Object.entries(ledger.fold({}, dossier))
        .filter(([, fold]) => !isEmpty(fold))
        .map(([actor, fold]) => [
          actor,
          {
            changes: fold.changes.map(changeFields),
            conflicts: fold.conflicts.map(conflictFields),
            positions: fold.positions.map(positionFields),
          },
        ]),
    ),
  )

const isEmpty = ({ changes, conflicts, positions }: TrackFold): boolean =>
  changes.length + conflicts.length + positions.length === 0

const sortedByActor = (readings: Readings): Readings =>
  Object.fromEntries(Object.entries(readings).sort(([a], [b]) => (a < b ? -1 : 1)))

const changeFields = (change: Change | ChangeResource) => ({
  ...{ matter: change.matter, facet: change.facet, kind: change.kind, from: change.from, to: change.to },
  ...{ order: change.order, statement: change.statement, validFrom: change.validFrom },
  ...{ entailedFrom: change.entailedFrom, reversesEarlier: change.reversesEarlier },
})

const conflictFields = (conflict: Conflict | ConflictResource) => ({
  ...{ kind: conflict.kind, facet: conflict.facet, matters: conflict.matters, statements: conflict.statements },
  ...{ validFrom: conflict.validFrom, settledBy: conflict.settledBy },
})

const positionFields = (position: Position | PositionResource) => ({
  ...{ matter: position.matter, facet: position.facet, value: position.value, statement: position.statement },
  ...{ scope: position.scope, condition: position.condition, implied: position.implied },
  ...{ authority: position.authority, validFrom: position.validFrom, standing: position.standing },
  ...{ entailedFrom: position.entailedFrom, contestedBy: position.contestedBy, exceptions: position.exceptions },
})
