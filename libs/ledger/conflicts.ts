import type { Facet } from '#libs/contracts/vocabulary.js'
import { leastThreshold, reachesThreshold } from './authority.js'
import { ascending, orderOf } from './claim-order.js'
import type { Claim } from './claim.js'
import type { OpenConflict } from './direct-position.js'
import { positionAt, positionToChange, type Draft } from './track-state.js'
import type { Conflict } from './track.js'

/**
 * Opens the conflict between a claim that stands and a later one (docs/design.md 6.6), unless the two are of one
 * statement, or their statements conflict on the same facet and matters already.
 */
export const openConflict = (draft: Draft, earlier: Claim, later: Claim): void => {
  if (earlier.statement === later.statement) return
  const conflict = conflictBetween(earlier, later)
  const open = { number: draft.conflictCount, conflict, earlier, later }
  if (isOpenAlready(draft, open)) return
  draft.conflictCount += 1
  draft.conflicts.set(open.number, conflict)
  for (const matter of conflict.matters) rowToChange(draft, matter, open).push(open)
}

/** A claim that has come to stand settles what it is surely later than and has the authority for, on all its matters. */
export const settleConflicts = (draft: Draft, claim: Claim): void => {
  const { openConflicts } = positionAt(draft.positions, claim.matter, claim.facet)
  if (openConflicts.length === 0 || claim.earliest === null) return
  const withinReach = openConflicts.slice(0, claim.rank + 1).flat()
  close(
    draft,
    withinReach.filter((open) => settles(claim, open)),
    claim.statement,
  )
}

/** What is taken back contradicts nothing any more: closes the statement's open conflicts on one matter and facet. */
export const closeConflictsOf = (draft: Draft, statement: string, matter: string, facet: Facet): void => {
  const { openConflicts } = positionAt(draft.positions, matter, facet)
  close(
    draft,
    openConflicts.flat().filter(({ conflict }) => conflict.statements.includes(statement)),
    'withdrawn',
  )
}

const conflictBetween = (earlier: Claim, later: Claim): Conflict => ({
  kind: earlier.speaker === later.speaker ? 'CONTRADICTION' : 'INCONSISTENT_VOICE',
  facet: later.facet,
  matters: earlier.matter === later.matter ? [later.matter] : [earlier.matter, later.matter].sort(ascending),
  statements: [earlier.statement, later.statement],
  validFrom: later.latest,
  settledBy: null,
})

const settles = (claim: Claim, { earlier, later }: OpenConflict): boolean =>
  [earlier, later].every((side) => orderOf(side, claim) !== 'unknown' && reachesThreshold(side, claim))

const close = (draft: Draft, closing: readonly OpenConflict[], settledBy: string): void => {
  const closed = new Set(closing.map(({ number }) => number))
  for (const { number, conflict } of closing) draft.conflicts.set(number, { ...conflict, settledBy })
  for (const { matter, facet } of placesOf(closing)) {
    const { openConflicts } = positionToChange(draft, matter, facet)
    for (const [rank, row] of openConflicts.entries())
      if (row.some(({ number }) => closed.has(number)))
        openConflicts[rank] = row.filter(({ number }) => !closed.has(number))
  }
}

const placesOf = (closing: readonly OpenConflict[]): { matter: string; facet: Facet }[] => {
  const facet = closing[0]?.conflict.facet
  if (facet === undefined) return []
  return [...new Set(closing.flatMap(({ conflict }) => conflict.matters))].map((matter) => ({ matter, facet }))
}

/** The least rank that can settle a conflict between the two, whenever it speaks. */
const rankNeeded = (earlier: Claim, later: Claim): number => Math.max(leastThreshold(earlier), leastThreshold(later))

/** The row that a conflict belongs in, to change: the first time a copy of the track's. */
const rowToChange = (draft: Draft, matter: string, open: OpenConflict): OpenConflict[] => {
  const position = positionToChange(draft, matter, open.later.facet)
  const rank = rankNeeded(open.earlier, open.later)
  const row = position.openConflicts[rank] ?? NO_CONFLICTS
  if (draft.ownRows.has(row)) return row as OpenConflict[]
  const copy = row.slice()
  draft.ownRows.add(copy)
  position.openConflicts = Array.from({ length: Math.max(position.openConflicts.length, rank + 1) }, (_, index) =>
    index === rank ? copy : (position.openConflicts[index] ?? NO_CONFLICTS),
  )
  return copy
}

const NO_CONFLICTS: readonly OpenConflict[] = []

/**
 * A statement's claims may sort apart, but only claims of the same speaker, days and authority come between them, and
 * nothing that could settle a conflict of theirs. So the search goes back no further than that.
 */
const isOpenAlready = (draft: Draft, { earlier, later, conflict }: OpenConflict): boolean => {
  const { openConflicts } = positionAt(draft.positions, later.matter, later.facet)
  const row = openConflicts[rankNeeded(earlier, later)] ?? []
  for (let index = row.length - 1; index >= 0; index--) {
    const other = row[index]
    if (other === undefined || !mayBeOfOneStatement(other.later, later)) return false
    if (isSameConflict(other.conflict, conflict)) return true
  }
  return false
}

const mayBeOfOneStatement = (a: Claim, b: Claim): boolean =>
  a === b ||
  (b.hasSiblings &&
    a.speaker === b.speaker &&
    a.rank === b.rank &&
    a.latest === b.latest &&
    a.earliest === b.earliest &&
    a.published.latest === b.published.latest)

const isSameConflict = (a: Conflict, b: Conflict): boolean =>
  a.statements[0] === b.statements[0] &&
  a.statements[1] === b.statements[1] &&
  a.matters.length === b.matters.length &&
  a.matters.every((matter) => b.matters.includes(matter))
