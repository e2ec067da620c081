import { isDeepStrictEqual } from 'node:util'
import type { LedgerClient } from '#libs/client/ledger-client.js'
import type { ChangeResource, ConflictResource, PositionResource } from '#libs/contracts/resources.js'
import type { CaseFile, FoldCase, TrackReadings } from './case-file.js'
import type { CaseIds } from './case-lines.js'

/** What the ledger made of a case, over HTTP, with the ids of the case and the fields that cases list. */
export async function readCase(client: LedgerClient, ids: CaseIds, matters: CaseFile['matters']): Promise<Readings> {
  const query = `?actor=${ids.actor}&dossier=${ids.dossier}`
  const [positions, changes, conflicts] = await Promise.all([
    client.readAll<PositionResource>(`/v1/positions${query}`),
    client.readAll<ChangeResource>(`/v1/changes${query}`),
    client.readAll<ConflictResource>(`/v1/conflicts${query}`),
  ])
  return {
    changes: changes.map((change) => changeFields(ids, change)),
    conflicts: conflicts.map((conflict) => conflictFields(ids, conflict)),
    positions: positions.map((position) => positionFields(ids, position)),
    wrongRoles: positions.flatMap((position) => {
      const own = ids.own(position.matter)
      const role = matters.get(own)?.role
      return position.role === role ? [] : [`role of ${own}: expected ${role}, got ${position.role}`]
    }),
  }
}

interface Readings extends TrackReadings {
  wrongRoles: string[]
}

const orNull = (ids: CaseIds, id: string | null): string | null => (id === null ? null : ids.own(id))

const changeFields = (ids: CaseIds, change: ChangeResource) => ({
  matter: ids.own(change.matter),
  facet: change.facet,
  kind: change.kind,
  from: change.from,
  to: change.to,
  order: change.order,
  statement: ids.own(change.statement),
  validFrom: change.validFrom,
  entailedFrom: orNull(ids, change.entailedFrom),
  reversesEarlier: change.reversesEarlier,
})

const conflictFields = (ids: CaseIds, conflict: ConflictResource) => ({
  kind: conflict.kind,
  facet: conflict.facet,
  matters: conflict.matters.map(ids.own),
  statements: conflict.statements.map(ids.own),
  validFrom: conflict.validFrom,
  settledBy: orNull(ids, conflict.settledBy),
})

const positionFields = (ids: CaseIds, position: PositionResource) => ({
  matter: ids.own(position.matter),
  facet: position.facet,
  value: position.value,
  statement: orNull(ids, position.statement),
  scope: position.scope,
  standing: position.standing.map(ids.own),
  entailedFrom: orNull(ids, position.entailedFrom),
  contestedBy: position.contestedBy.map(ids.own),
  exceptions: position.exceptions.map(ids.own),
})

/** Every difference between what a case expects and what was read, one line each. */
export function differences(foldCase: FoldCase, read: Readings): string[] {
  const lists = (['changes', 'conflicts', 'positions'] as const).flatMap((list) =>
    listDifferences(list, foldCase[list], read[list]),
  )
  return [...lists, ...read.wrongRoles].map((difference) => `case ${foldCase.case}: ${difference}`)
}

function listDifferences(name: string, expected: readonly object[], actual: readonly object[]): string[] {
  const length = Math.max(expected.length, actual.length)
  return Array.from({ length }, (_, index) => index)
    .filter((index) => !isDeepStrictEqual(expected[index], actual[index]))
    .map((index) => `${name} ${index + 1}: expected ${show(expected[index])}, got ${show(actual[index])}`)
}

const show = (value: object | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value))
