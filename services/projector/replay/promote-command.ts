import { BUILT_IN_REDUCER } from '#libs/postgres/generation.js'
import type { CommandContext } from './command-context.js'
import { checkComplete, findGeneration } from './generations.js'
import { promote, type Promotion, type Refusal } from './promote.js'
import { lockReplays, ReplayError } from './replay-state.js'
import { linesOfParity } from './report.js'

/** @returns exit code: 0 promoted, 3 refused, since the generations differ and this was not accepted */
export const promoteCommand = async (
  context: CommandContext,
  args: readonly string[],
  accepted: string | undefined,
): Promise<number> => {
  const { client, config, signal, json, out } = context
  const candidate = await findGeneration(client, args[0])
  if (candidate.status === 'live') throw new ReplayError(`Generation ${candidate.id} is the live one.`)
  checkComplete(candidate)
  await lockReplays(client)
  const result = await promote(client, config, candidate, accepted, signal)
  if (json) out(JSON.stringify(result))
  else
    for (const line of result.promoted ? linesOfPromotion(result) : linesOfRefusal(result, candidate.id, accepted))
      out(line)
  return result.promoted ? 0 : 3
}

const linesOfPromotion = ({ generation, retired, reducer, published, lockedMs, comparison }: Promotion): string[] => [
  `Generation ${generation} is live, generation ${retired} is retired. Nothing was projected for ${lockedMs} ms; reads went on.`,
  comparison.equal
    ? 'They were equal: nothing was published.'
    : `Published, since they differed: ${published.positions} positions, ${published.changes} changes and conflicts.`,
  ...(reducer === BUILT_IN_REDUCER
    ? []
    : [`A projector that was not started with the reducer ${reducer} (REDUCER_MODULES) halts: start it anew.`]),
  `Projectors fold it by the reducer ${reducer}. \`ledger promote ${retired}\` goes back, \`ledger retire ${retired}\` drops the old one.`,
]

const linesOfRefusal = ({ live, comparison }: Refusal, candidate: number, accepted: string | undefined): string[] => [
  ...linesOfParity(comparison, live, candidate),
  accepted === undefined
    ? `Not promoted: they differ. \`ledger compare ${live} ${candidate}\` lists how.`
    : `Not promoted: the differences are not those that were accepted (${accepted}). Look at \`ledger compare ${live} ${candidate}\` again.`,
  `To promote it all the same: \`ledger promote ${candidate} --accept-differences ${comparison.digest ?? ''}\``,
]
