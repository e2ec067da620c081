import type { FastifyReply, FastifyRequest } from 'fastify'
import { pipeline, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setFreshness, type Freshness } from '../answers.js'
import { compressor, encodingFor } from './content-encoding.js'

export interface StreamedAnswer {
  readonly type: string
  /** Of the file, where the answer is saved. */
  readonly name: string
  readonly texts: AsyncIterable<string> | Iterable<string>
  readonly freshness?: Freshness
}

/**
 * Sends texts as fast as the caller reads them. Resolves once no more are asked for, however that came: all were read, the
 * caller went away, or one failed. Then the connection is cut off, which a caller sees as a broken transfer. There is no
 * ETag: it would be known at the end only.
 */
export const sendStream = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { type, name, texts, freshness = 'live' }: StreamedAnswer,
): Promise<void> => {
  setFreshness(request, reply, freshness)
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`)
  const source = Readable.from(request.method === 'HEAD' ? [] : texts, { objectMode: false })
  const encoding = encodingFor(request)
  if (encoding === null) void reply.send(source)
  else {
    reply.header('content-encoding', encoding)
    // what fails in the source destroys the compressor, and Fastify then cuts the connection off
    void reply.send(pipeline(source, compressor(encoding), () => undefined))
  }
  await finished(source).catch(() => undefined)
}
