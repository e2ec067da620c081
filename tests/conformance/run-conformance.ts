import type { EventLine, LedgerClient } from '#libs/client/ledger-client.js'
import { postLines } from '#libs/client/post-lines.js'
import type { CaseFile, FoldCase } from './case-file.js'
import { caseIds, caseRegistryLines, sharedLines, statementLines } from './case-lines.js'
import type { Random } from './random.js'
import { seededRandom } from './random.js'
import { differences, readCase } from './read-case.js'

export interface ConformanceOptions {
  /** Before every id of this run; a ledger that has taken a file under one name can take it again under another. */
  run: string
  seed: number
  /** Told each difference, one line each. */
  onDifference: (line: string) => void
  onProgress: (progress: { done: number; total: number }) => void
}

export interface ConformanceResult {
  cases: number
  differences: number
}

/** Cases that are posted, mixed among each other, and read back together. */
const GROUP_CASES = 60
const GROUPS_AT_ONCE = 2
const READS_AT_ONCE = 4
const BATCH_LINES_MAX = 60

/**
 * Posts every case of a file, reads back what came of it, and compares.
 * @throws LineRefused if intake refuses a line: a case that cannot be posted is no difference but a mistake
 */
export async function runConformance(
  client: LedgerClient,
  file: CaseFile,
  options: ConformanceOptions,
): Promise<ConformanceResult> {
  const { run, seed, onDifference, onProgress } = options
  await postLines(client, sharedLines(run, file, seededRandom(seed)), { name: `${run}/shared` })
  const result = { cases: 0, differences: 0 }
  await inParallel(groupsOf(file.cases, GROUP_CASES), GROUPS_AT_ONCE, async (group, index) => {
    await postGroup(client, file, group, { run, random: seededRandom(seed + index + 1), name: `${run}/${index}` })
    await inParallel(group, READS_AT_ONCE, async (foldCase) => {
      const found = differences(foldCase, await readCase(client, caseIds(run, foldCase), file.matters))
      found.forEach(onDifference)
      result.cases++
      result.differences += found.length
    })
    onProgress({ done: result.cases, total: file.cases.length })
  })
  return result
}

/** The registry of the group in order, then its statements in random order and random batches; returns once all is visible. */
async function postGroup(
  client: LedgerClient,
  { matters }: CaseFile,
  group: readonly FoldCase[],
  { run, random, name }: { run: string; random: Random; name: string },
): Promise<void> {
  const registry = group.flatMap((foldCase) => caseRegistryLines(run, matters, foldCase))
  await postLines(client, registry, { name: `${name}/registry` })
  const placed = group.flatMap((foldCase) => statementLines(run, foldCase, random))
  const lines = placed.sort((a, b) => a.at - b.at).map(({ line }) => line)
  const tokens: string[] = []
  for (const batch of randomBatches(lines, random)) {
    // one after the other: what takes a statement back must come after it
    const { ledgerAfter } = await postLines(client, batch, { name: `${name}/${tokens.length}` })
    if (ledgerAfter !== undefined) tokens.push(ledgerAfter)
  }
  for (const token of tokens) await client.read('/v1/statements?limit=1', token)
}

function randomBatches(lines: readonly EventLine[], random: Random): EventLine[][] {
  const batches: EventLine[][] = []
  for (let start = 0; start < lines.length;) {
    const length = random.between(1, BATCH_LINES_MAX)
    batches.push(lines.slice(start, start + length))
    start += length
  }
  return batches
}

const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

/** Works on the items in order, a few at a time. The first failure ends it. */
async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T, index: number) => Promise<void>) {
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
