import { weighAcrossLevels } from './across-levels.js'
import type { Claim } from './claim.js'
import { openConflict, settleConflicts } from './conflicts.js'
import type { ComesToStand, Outcome } from './decide.js'
import { setHeadline } from './direct-position.js'
import { positionToChange, type Draft } from './track-state.js'

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
  const position = positionToChange(draft, claim.matter, claim.facet)
  if (outcome.inheritedSign !== 0) position.lastSign = outcome.inheritedSign
  outcome.replaces.forEach((standing) => position.standing.remove(standing))
  position.standing.add(claim)
  if (outcome.leads) setHeadline(position, claim)
  settleConflicts(draft, claim)
  weighAcrossLevels(draft, claim)
}

const unreachable = (outcome: never): never => {
  throw new Error(`no such outcome: ${JSON.stringify(outcome)}`)
}
