import { createHash } from 'node:crypto'
import type { BatchLine, LedgerClient, LineResult } from './ledger-client.js'

export interface PostLinesOptions {
  /** What the lines are, as part of each Idempotency-Key: `seeds registry.jsonl`. */
  name: string
  /** Lines a batch. Default 200. */
  linesMax?: number
  /** Codes that are no failure here, such as ALREADY_REGISTERED when the same lines may be there from before. */
  accept?: ReadonlySet<string>
  /** Told after each batch. */
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface PostedLines {
  posted: number
  /** Lines whose code was among those to accept. */
  accepted: number
  /** Of the last batch that published something. */
  ledgerAfter: string | undefined
}

/** A line that intake refused. */
export class LineRefused extends Error {
  override readonly name = 'LineRefused'
  readonly result: LineResult
  constructor(name: string, line: BatchLine, result: LineResult) {
    super(
      `${name}: ${line.type} ${line.subject} was refused: ${result.code ?? result.status} ${result.detail ?? ''}`.trim(),
    )
    this.result = result
  }
}

/**
 * Posts lines in order, batch after batch. The Idempotency-Key of a batch comes from what is in it, so that posting the
 * same lines again, after a failure halfway too, has one effect.
 * @throws LineRefused at the first line that was refused, RequestError when intake does not answer
 */
export async function postLines(
  client: LedgerClient,
  lines: readonly BatchLine[],
  options: PostLinesOptions,
): Promise<PostedLines> {
  const { name, linesMax = 200, accept = new Set<string>(), onProgress } = options
  const posted: PostedLines = { posted: 0, accepted: 0, ledgerAfter: undefined }
  for (let start = 0; start < lines.length; start += linesMax) {
    const batch = lines.slice(start, start + linesMax)
    const { results, ledgerAfter } = await client.postBatch(batch, contentKey(name, batch))
    for (const [index, result] of results.entries()) {
      const line = batch[index]
      if (result.status < 400) posted.posted++
      else if (result.code !== undefined && accept.has(result.code)) posted.accepted++
      else if (line) throw new LineRefused(name, line, result)
    }
    posted.ledgerAfter = ledgerAfter ?? posted.ledgerAfter
    onProgress?.({ done: start + batch.length, total: lines.length })
  }
  return posted
}

/** Name and content hash: the same lines have the same key, whoever sends them and when. */
export const contentKey = (name: string, lines: readonly BatchLine[]): string =>
  `${name}/${createHash('sha256').update(JSON.stringify(lines)).digest('hex').slice(0, 32)}`
