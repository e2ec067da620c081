import { reachesThreshold } from './authority.js'
import { ascending, orderOf } from './claim-order.js'
import type { Claim } from './claims.js'
import type { DirectPosition, OpenConflict } from './direct-position.js'
import { positionAt, replacePosition, type Draft } from './track-state.js'
import type { Conflict } from './track.js'

/**
 * Opens the conflict between a claim that stands and a later one (docs/design.md 6.6), unless the two are of one
 * statement, or their statements conflict on the same facet and matters already.
 */
export const openConflict = (draft: Draft, earlier: Claim, later: Claim): void => {
  if (earlier.statement === later.statement) return
  const matters = earlier.matter === later.matter ? [later.matter] : [earlier.matter, later.matter].sort(ascending)
  if (isOpenAlready(draft, earlier, later, matters)) return
  const number = draft.conflictCount++
  const conflict: Conflict = {
    kind: earlier.speaker === later.speaker ? 'CONTRADICTION' : 'INCONSISTENT_VOICE',
    facet: later.facet,
    matters,
    statements: [earlier.statement, later.statement],
    validFrom: later.latest,
    settledBy: null,
  }
  draft.conflicts.set(number, conflict)
  for (const matter of matters) {
    const position = positionAt(draft.positions, matter, later.facet)
    replacePosition(draft, {
      ...position,
      openConflicts: [...position.openConflicts, { number, conflict, earlier, later }],
    })
  }
}

/** A claim that has come to stand settles what it is surely later than and has the authority for, on all its matters. */
export const settleConflicts = (draft: Draft, claim: Claim): void => {
  const { openConflicts } = positionAt(draft.positions, claim.matter, claim.facet)
  close(
    draft,
    openConflicts.filter((conflict) => settles(claim, conflict)),
    claim.statement,
  )
}

/** What is taken back contradicts nothing any more. */
export const closeConflictsOf = (draft: Draft, statement: string, position: DirectPosition): void => {
  const { openConflicts } = positionAt(draft.positions, position.matter, position.facet)
  close(
    draft,
    openConflicts.filter(({ conflict }) => conflict.statements.includes(statement)),
    'withdrawn',
  )
}

const settles = (claim: Claim, { earlier, later }: OpenConflict): boolean =>
  [earlier, later].every((side) => orderOf(side, claim) !== 'unknown' && reachesThreshold(side, claim))

const close = (draft: Draft, closing: readonly OpenConflict[], settledBy: string): void => {
  if (closing.length === 0) return
  const closed = new Set(closing.map(({ number }) => number))
  for (const { number, conflict } of closing) draft.conflicts.set(number, { ...conflict, settledBy })
  for (const position of positionsWith(draft, closing)) {
    const openConflicts = position.openConflicts.filter(({ number }) => !closed.has(number))
    replacePosition(draft, { ...position, openConflicts })
  }
}

const positionsWith = (draft: Draft, closing: readonly OpenConflict[]): DirectPosition[] =>
  closing.flatMap(({ conflict: { matters, facet } }) =>
    matters.map((matter) => positionAt(draft.positions, matter, facet)),
  )

/**
 * Claims of one statement may sort apart, but only claims of the same speaker, day and authority come between them:
 * the search ends where the conflict of another such group begins, however many are open.
 */
const isOpenAlready = (draft: Draft, earlier: Claim, later: Claim, matters: readonly string[]): boolean => {
  const { openConflicts } = positionAt(draft.positions, later.matter, later.facet)
  for (let index = openConflicts.length - 1; index >= 0; index--) {
    const open = openConflicts[index]
    if (open === undefined || !areOneGroup(open.later, later)) return false
    const { statements } = open.conflict
    if (
      statements[0] === earlier.statement &&
      statements[1] === later.statement &&
      open.conflict.matters.length === matters.length &&
      matters.every((m) => open.conflict.matters.includes(m))
    )
      return true
  }
  return false
}

const areOneGroup = (a: Claim, b: Claim): boolean =>
  a.latest === b.latest && a.rank === b.rank && a.earliest === b.earliest && a.speaker === b.speaker
