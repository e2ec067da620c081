import { weighAcrossLevels } from './across-levels.js'
import type { Claim } from './claims.js'
import { openConflict, settleConflicts } from './conflicts.js'
import type { ComesToStand, Outcome } from './decide.js'
import { withHeadline } from './direct-position.js'
import { positionAt, replacePosition, type Draft } from './track-state.js'

/** Does to the draft what was decided. */
export const evolve = (draft: Draft, claim: Claim, outcome: Outcome): void => {
  switch (outcome.kind) {
    case 'REPEATS':
      draft.changes.push(outcome.change)
      return
    case 'IS_BARRED':
      if (outcome.change) draft.changes.push(outcome.change)
      outcome.conflictsWith.forEach((standing) => openConflict(draft, standing, claim))
      return
    case 'COMES_TO_STAND':
      comeToStand(draft, claim, outcome)
      return
    default:
      return unreachable(outcome)
  }
}

const comeToStand = (draft: Draft, claim: Claim, outcome: ComesToStand): void => {
  draft.changes.push(outcome.change)
  outcome.conflictsWith.forEach((standing) => openConflict(draft, standing, claim))
  const position = positionAt(draft.positions, claim.matter, claim.facet)
  const kept =
    outcome.replaces.length === 0
      ? position.standing
      : position.standing.filter((one) => !outcome.replaces.includes(one))
  const standing = { ...position, standing: [...kept, claim], lastSign: outcome.inheritedSign || position.lastSign }
  replacePosition(draft, outcome.leads ? withHeadline(standing, claim) : standing)
  settleConflicts(draft, claim)
  weighAcrossLevels(draft, claim)
}

const unreachable = (outcome: never): never => {
  throw new Error(`no such outcome: ${JSON.stringify(outcome)}`)
}
