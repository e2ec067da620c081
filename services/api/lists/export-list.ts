import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONTENT_TYPES } from '../formats/media-types.js'
import { sendStream } from '../formats/send-stream.js'
import { listSql } from '../reads/page-query.js'
import { givenFilters } from '../reads/read-page.js'
import type { Snapshot } from '../reads/snapshot.js'
import type { ApiReads } from '../route.js'
import { writerOf, type ItemWriter } from './item-writer.js'
import { filtersIn, type LiveFilters } from './list-filters.js'
import { renderOf, type ExportFormat, type Listed } from './listed.js'

/** An export may take as long; then the connection is cut off, as for any failure midway. */
export const EXPORT_MS_MAX = 300_000
/** Exports under way: each has a connection to Postgres, of the ten that all reads share. */
const EXPORTS_MAX = 3
/** Rows that are in memory at a time. */
const CHUNK_ROWS = 200

/** Counts exports under way. */
export interface ExportSlots {
  /** @throws LedgerError OVERLOADED where there are too many already */
  run<T>(work: () => Promise<T>): Promise<T>
}

export const openExportSlots = (exportsMax = EXPORTS_MAX): ExportSlots => {
  let running = 0
  return {
    run: async (work) => {
      if (running >= exportsMax)
        throw new LedgerError('OVERLOADED', {
          detail: `${exportsMax} exports are under way already.`,
          retryAfterSeconds: 5,
        })
      running++
      try {
        return await work()
      } finally {
        running--
      }
    },
  }
}

/**
 * Sends a whole list, from one snapshot, a few rows at a time and only as fast as the caller reads. What is refused is
 * refused before the first byte, as a problem; a failure after it cuts the connection off, so that no part of a list can be
 * taken for all of it.
 */
export const exportList = async <Item extends object, Filter extends string>(
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  listed: Listed<Item, Filter>,
  filters: LiveFilters<Filter>,
  format: ExportFormat,
): Promise<FastifyReply> => {
  await apiReads.exports.run(() =>
    apiReads.reads.snapshot(async (snapshot) => {
      const chunks = chunksOf(snapshot, listed, await filtersIn(apiReads, snapshot, filters))
      const first = await chunks.next()
      const texts = textsOf(storedWriter(format, listed), first, chunks)
      await sendStream(request, reply, { type: CONTENT_TYPES[format], name: `${listed.name}.${format}`, texts })
    }),
  )
  return reply
}

/**
 * Stored texts of a list, some rows at a time. A cursor of Postgres: pages by key would look for their place, and sort what
 * no index sorts, once a page.
 */
async function* chunksOf<Filter extends string>(
  snapshot: Snapshot,
  { query }: Pick<Listed<never, Filter>, 'query'>,
  filters: Partial<Record<Filter, unknown>>,
): AsyncGenerator<string[], undefined> {
  const given = givenFilters(filters)
  const sql = listSql(
    query,
    given.map(([filter]) => filter),
  )
  await snapshot.rows(
    (schema) => `declare export no scroll cursor for ${sql(schema)}`,
    given.map(([, value]) => value),
  )
  for (;;) {
    const rows = await snapshot.rows<{ body: string }>(() => `fetch forward ${CHUNK_ROWS} from export`)
    yield rows.map(({ body }) => body)
    if (rows.length < CHUNK_ROWS) return
  }
}

async function* textsOf(
  writer: ItemWriter<string>,
  first: IteratorResult<string[], undefined>,
  rest: AsyncIterable<string[]>,
): AsyncGenerator<string> {
  yield writer.header + writer.lines(first.value ?? [])
  for await (const chunk of rest) yield writer.lines(chunk)
}

const storedWriter = <Item extends object>(
  format: ExportFormat,
  listed: Pick<Listed<Item, never>, 'columns' | 'render'>,
): ItemWriter<string> => {
  const itemOf = (stored: string): Item => renderOf(listed)(JSON.parse(stored))
  const textOf =
    listed.render === undefined ? (stored: string) => stored : (stored: string) => JSON.stringify(itemOf(stored))
  return writerOf(format, listed.columns, { textOf, itemOf })
}
