import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONTENT_TYPES } from '../formats/media-types.js'
import { sendStream } from '../formats/send-stream.js'
import type { ItemWriter } from '../lists/item-writer.js'
import type { ExportFormat } from '../lists/listed.js'
import type { LedgerReads } from '../reads/snapshot.js'
import type { ApiReads } from '../route.js'
import type { FeedEntry } from './feed-entry.js'
import { readFeed } from './read-feed.js'

export interface FeedExport {
  readonly after: number
  readonly isTold: (entry: FeedEntry) => boolean
  readonly format: ExportFormat
  readonly writer: ItemWriter<FeedEntry>
}

/**
 * Sends the whole feed after a number, as far as it goes when it begins, as fast as the caller reads it. No snapshot is held:
 * what has a number stays as it is, unless it is taken down, and that is asked of each part. What is refused is refused before
 * the first byte; a failure after it cuts the connection off.
 */
export const exportFeed = async (
  { exports, reads }: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  { after, isTold, format, writer }: FeedExport,
): Promise<FastifyReply> => {
  await exports.run(async () => {
    const parts = partsAfter(reads, after)
    const first = await parts.next()
    const texts = textsOf(writer, isTold, first.value ?? [], parts)
    await sendStream(request, reply, { type: CONTENT_TYPES[format], name: `feed.${format}`, texts })
  })
  return reply
}

/** Entries that are in memory at a time. */
const PART_MAX = 500

async function* partsAfter(reads: LedgerReads, after: number): AsyncGenerator<readonly FeedEntry[], undefined> {
  let part = await readFeed(reads, { after, countMax: PART_MAX })
  const { newest: end } = part
  for (;;) {
    yield part.entries.filter(({ number }) => number <= end)
    if (part.last >= end) return
    part = await readFeed(reads, { after: part.last, countMax: PART_MAX })
  }
}

async function* textsOf(
  { header, lines }: ItemWriter<FeedEntry>,
  isTold: (entry: FeedEntry) => boolean,
  first: readonly FeedEntry[],
  rest: AsyncIterable<readonly FeedEntry[]>,
): AsyncGenerator<string> {
  yield header + lines(first.filter(isTold))
  for await (const part of rest) yield lines(part.filter(isTold))
}
