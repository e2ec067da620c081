import type { CommandContext } from './command-context.js'
import { linesOfParity } from './report.js'
import { showReplayProgress } from './replay-progress.js'
import { discard, findUnfinished, lockReplays } from './replay-state.js'
import { runReplay, type ReplayResult } from './run-replay.js'

export interface ReplayFlags {
  readonly from: string
  readonly reducer?: string | undefined
  readonly discard: boolean
}

/** @returns exit code: 0 built and equal to the live generation, 2 usage, 3 built and different */
export const replayCommand = async (context: CommandContext, flags: ReplayFlags): Promise<number> => {
  const { client, config, signal, json, out } = context
  const source = flags.from
  if (source !== 'journal' && source !== 'kafka') {
    process.stderr.write(`--from takes 'journal' or 'kafka', not '${source}'.\n`)
    return 2
  }
  await lockReplays(client)
  if (flags.discard) return await discardUnfinished(context)
  using progress = showReplayProgress()
  const result = await runReplay(client, config, { source, reducerModule: flags.reducer ?? null }, progress, signal)
  if (json) out(JSON.stringify(result))
  else for (const line of linesOfResult(result)) out(line)
  return result.parity.equal ? 0 : 3
}

const discardUnfinished = async ({ client, json, out }: CommandContext): Promise<number> => {
  const unfinished = await findUnfinished(client)
  if (unfinished) await discard(client, unfinished.generation)
  if (json) out(JSON.stringify({ discarded: unfinished?.generation ?? null }))
  else out(unfinished ? `Generation ${unfinished.generation} was dropped.` : 'There is no unfinished generation.')
  return 0
}

const linesOfResult = (result: ReplayResult): string[] => {
  const { generation, reducer, events, seconds, eventsPerSecond, parity } = result
  return [
    `Generation ${generation} is built by the reducer ${reducer}: ${events} events in ${seconds.toFixed(1)} s, ${eventsPerSecond}/s.`,
    ...linesOfParity(parity, parity.live, generation),
    parity.equal
      ? `Equal. \`ledger promote ${generation}\` makes it the live one.`
      : `They differ. \`ledger compare ${parity.live} ${generation}\` lists how; \`ledger retire ${generation}\` drops it.`,
  ]
}
