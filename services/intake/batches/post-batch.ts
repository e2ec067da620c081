import { LedgerError } from '#libs/contracts/error-codes.js'
import { BATCH_EXAMPLE } from '#libs/contracts/request-examples.js'
import { LineResultResource } from '#libs/contracts/requests.js'
import type { HttpApp } from '#libs/http/build-http.js'
import { ProblemWithEvent } from '#libs/http/error-handling.js'
import { headersOf, problemAnswers } from '#libs/http/openapi.js'
import { problemOf } from '#libs/http/problems.js'
import { utf8 } from '#libs/http/strict-body.js'
import { idempotencyKeyOf } from '../writes/event-identity.js'
import { traceparentOf, WRITE_ERRORS, WriteHeaders, type Intake } from '../writes/write-route.js'
import type { Write } from '../writes/prepare-write.js'
import type { WriteResult } from '../writes/writer.js'
import { readLine, type LineContext, type UseCases } from './read-line.js'
import { z } from 'zod'

export interface BatchLimits {
  readonly linesMax: number
  readonly bytesMax: number
}

/** NDJSON in, NDJSON out: one result a line, in order. Lines are published in bulk; one that is wrong does not stop the others. */
export function addPostBatch(app: HttpApp, intake: Intake, useCases: UseCases, limits: BatchLimits): void {
  app.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer', bodyLimit: limits.bytesMax },
    (_r, body, done) => {
      try {
        done(null, utf8(body as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
  app.route({
    method: 'POST',
    url: '/v1/batches',
    bodyLimit: limits.bytesMax,
    // each line needs the scope of its own route
    config: { scope: 'any' },
    schema: {
      tags: ['batches'],
      summary: 'Post many writes at once',
      description: DESCRIPTION,
      headers: WriteHeaders,
      body: {
        required: true,
        content: {
          'application/x-ndjson': {
            schema: z.string().meta({ description: 'One JSON object a line', examples: [BATCH_EXAMPLE] }),
          },
        },
      },
      response: {
        200: {
          description: 'One result a line, in order: each has the status that the request would have had alone',
          headers: headersOf({ 'ledger-after': 'Covers every line that was published' }),
          content: { 'application/x-ndjson': { schema: LineResultResource } },
        },
        ...problemAnswers(...WRITE_ERRORS),
      },
    },
    handler: async (request, reply) => {
      if (typeof request.body !== 'string')
        throw new LedgerError('CONTENT_TYPE_UNSUPPORTED', { detail: 'This route reads application/x-ndjson.' })
      const lines = linesOf(request.body, limits.linesMax)
      const context: LineContext = {
        caller: request.caller,
        idempotencyKey: idempotencyKeyOf(request.headers['idempotency-key']),
        traceparent: traceparentOf(request),
      }
      const results = await writeLines(lines, intake, useCases, context)
      request.auditedEvents = results.flatMap(eventOf)
      const places = results.flatMap((result) => ('written' in result ? [result.written.place] : []))
      return reply
        .header('ledger-after', intake.writer.tokenOf(places))
        .header('cache-control', 'no-store')
        .type('application/x-ndjson; charset=utf-8')
        .send(results.map((result, index) => `${JSON.stringify(lineResult(result, index + 1))}\n`).join(''))
    },
  })
}

const DESCRIPTION =
  'Each line is a request, `{"path": "/v1/statements", "body": {…}}`, or an event, `{"type": …, "subject": …, "data": {…}}`. ' +
  'A line may refer to what lines before it register. With an `Idempotency-Key`, posting the same lines again has no ' +
  'further effect; a line may have a `key` of its own.'

function linesOf(body: string, linesMax: number): string[] {
  const lines = body.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines.length === 0) throw new LedgerError('BODY_MISSING')
  if (lines.length > linesMax)
    throw new LedgerError('BODY_TOO_LARGE', {
      detail: `A batch has at most ${linesMax} lines; this one has ${lines.length}.`,
    })
  return lines
}

/** Lines that cannot be read get their results at once; the others are written together. */
async function writeLines(
  lines: readonly string[],
  { writer }: Intake,
  useCases: UseCases,
  context: LineContext,
): Promise<WriteResult[]> {
  const read = lines.map((text, index): Write | LedgerError => {
    try {
      return readLine(text, index + 1, useCases, context)
    } catch (error) {
      if (error instanceof LedgerError) return error
      throw error
    }
  })
  const written = await writer.writeAll(read.filter((one): one is Write => !(one instanceof LedgerError)))
  let next = 0
  return read.map((one) => {
    if (one instanceof LedgerError) return { error: one }
    const result = written[next++]
    if (!result) throw new Error('a line has no result')
    return result
  })
}

/** What a line has put on the record, or may have. */
function eventOf(result: WriteResult): string[] {
  if ('written' in result) return [result.written.event]
  return result.error instanceof ProblemWithEvent ? [result.error.event] : []
}

function lineResult(result: WriteResult, line: number): LineResultResource {
  if ('written' in result) return { line, status: 202, event: result.written.event, subject: result.written.subject }
  const { status, code, title, detail, errors } = problemOf(result.error)
  return {
    line,
    status,
    ...(result.error instanceof ProblemWithEvent && { event: result.error.event }),
    code,
    title,
    detail,
    ...(errors && { errors }),
  }
}
