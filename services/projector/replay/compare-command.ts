import { compareGenerations, type Comparison } from '#libs/generations/compare-generations.js'
import type { Difference } from '#libs/generations/difference.js'
import { readCheckpoints, type Checkpoints } from '../checkpoints/checkpoints.js'
import type { CommandContext } from './command-context.js'
import { LiveFollower } from './follow-live.js'
import { checkComplete, findGeneration, type KnownGeneration } from './generations.js'
import { compareAtOneMoment } from './parity.js'
import { reducersOf } from './reducers-of.js'
import { lockReplays, ReplayError } from './replay-state.js'
import { linesOfParity, linesOfPositions } from './report.js'

/**
 * Compares two generations. One that is not live is first brought to where the other stands: what it has merely not read is
 * no difference.
 * @returns exit code: 0 equal, 3 different
 */
export const compareCommand = async (
  context: CommandContext,
  args: readonly string[],
  limit: string,
): Promise<number> => {
  const { client, json, out } = context
  const [a, b] = [await findGeneration(client, args[0]), await findGeneration(client, args[1])]
  checkComplete(a)
  checkComplete(b)
  const shown: Difference[] = []
  const onDifference = (difference: Difference): void => {
    if (json) out(JSON.stringify(difference))
    else if (shown.length < Number(limit) && difference.kind === 'position') shown.push(difference)
  }
  const comparison = await compare(context, a, b, onDifference)
  if (json) {
    const { counts, tracks, differences, equal, digest } = comparison
    out(JSON.stringify({ kind: 'summary', a: a.id, b: b.id, equal, digest, tracks, differences, counts }))
  } else for (const line of linesOf(comparison, shown, a.id, b.id)) out(line)
  return comparison.equal ? 0 : 3
}

const compare = async (
  context: CommandContext,
  a: KnownGeneration,
  b: KnownGeneration,
  onDifference: (difference: Difference) => void,
): Promise<Comparison> => {
  const { client, config, signal } = context
  await lockReplays(client)
  const behind = await whichIsBehind(context, a, b)
  if (behind === undefined) return await compareGenerations({ client, ...a }, { client, ...b }, onDifference)
  const reducers = await reducersOf(client, config, behind)
  const follower = new LiveFollower(client, { generation: behind.id, topicPrefix: config.topicPrefix, reducers })
  const other = behind === a ? b : a
  const options = { with: other.id, signal, isFirst: behind === a, onDifference }
  return await compareAtOneMoment(config.database, follower, options)
}

/** Undefined where neither is, or is to be: two that are not live stay where they are. */
const whichIsBehind = async (
  { client }: CommandContext,
  a: KnownGeneration,
  b: KnownGeneration,
): Promise<KnownGeneration | undefined> => {
  if (a.status === 'live') return b.status === 'live' ? undefined : b
  if (b.status === 'live') return a
  const [atA, atB] = [await readCheckpoints(client, a.id), await readCheckpoints(client, b.id)]
  if (isAhead(atA, atB)) return b
  if (isAhead(atB, atA)) return a
  throw new ReplayError(
    `Generations ${a.id} and ${b.id} have each read what the other has not. Compare each with the live one.`,
  )
}

const isAhead = (one: Checkpoints, other: Checkpoints): boolean =>
  [...other.byPartition].every(([key, { nextOffset }]) => (one.byPartition.get(key)?.nextOffset ?? 0) >= nextOffset)

const linesOf = (comparison: Comparison, shown: readonly Difference[], a: number, b: number): string[] => {
  const left = comparison.differences.position - shown.length
  return [
    ...linesOfParity(comparison, a, b),
    ...linesOfPositions(shown, a, b),
    ...(left > 0 ? [`… and ${left} positions more: --limit, or --json for all of it.`] : []),
    comparison.equal ? 'Equal.' : 'They differ.',
  ]
}
