import path from 'node:path'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { collectVotes, readVoteRows } from '#services/operator/unga-votes/collect-votes.js'
import { indexRollCalls, readRollCallRows } from '#services/operator/unga-votes/roll-calls.js'
import { seriesLines, type Line } from '#services/operator/unga-votes/series-lines.js'
import { KNOWN_SERIES } from '#services/operator/unga-votes/series.js'
import { readSeedLines } from '../seed-lines.js'

/**
 * The eleven votes as lines for intake, each referring only to those before it: the same lines that
 * `ledger import unga-votes` makes of the whole files.
 * States that seeds/registry.jsonl has are left out: they are registered by then, with their offices and other names.
 */
export async function armsTradeTreatyLines(): Promise<Line[]> {
  const [series] = KNOWN_SERIES
  const index = await indexRollCalls(readRollCallRows(extract('roll-calls.csv'), false), series.rcids)
  const collected = await collectVotes(readVoteRows(extract('votes.csv'), false), index)
  const registered = new Set(readSeedLines('registry.jsonl').map(entity))
  return [...seriesLines(series, collected)].filter((line) => !registered.has(entity(line)))
}

const entity = (line: { type: string; subject: string }): string => `${line.type} ${line.subject}`

const extract = (file: string): string => path.join(PROJECT_DIRECTORY, 'seeds', 'arms-trade-treaty', file)
