import { FEED_EVENTS, type FeedItem, type StreamClosed } from '#libs/contracts/change-feed.js'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { callerName } from '#libs/http/caller-name.js'
import { problemAnswers } from '#libs/http/openapi.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ReadHeaders } from '../conventions.js'
import type { Route } from '../route.js'
import { feedFilterParameters, feedNumber } from './feed-filter.js'
import { Subscriber } from './subscriber.js'

const query = z.strictObject({
  ...feedFilterParameters,
  lastEventId: feedNumber
    .optional()
    .meta({ description: 'For who cannot send the header, which prevails. 0: from the beginning', examples: ['1042'] }),
})

/** GET /v1/changes/stream */
export const streamChanges: Route = (api, { live }) => {
  api.get(
    '/v1/changes/stream',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: 'Follow changes as they come',
        description: DESCRIPTION,
        headers: ReadHeaders.extend({
          'last-event-id': feedNumber.optional().meta({ description: 'The last id that was received' }),
        }),
        querystring: query,
        response: {
          200: {
            description: 'The stream, until one of the two ends it',
            content: { 'text/event-stream': { schema: z.string().meta({ examples: [EXAMPLE] }) } },
          },
          ...problemAnswers('NUMBER_AHEAD', 'TOKEN_INVALID', 'NOT_YET_VISIBLE', 'NOT_READY'),
        },
      },
    },
    async (request, reply) => {
      const { lastEventId, ...filter } = request.query
      const caller = callerName(request)
      live.checkRoom(caller)
      const given = lastNumberOf(request) ?? lastEventId
      if (given !== undefined) await live.checkNumber(Number(given))
      if (request.method === 'HEAD') return reply.headers(STREAM_HEADERS).send()
      // others may have come while the number was looked up
      live.checkRoom(caller)
      const after = given === undefined ? live.broadcast.number : Number(given)
      const { keyId } = request.caller
      const { bufferBytesMax } = live.parts.limits
      const subscriber = open(
        request,
        reply,
        (response) => new Subscriber(response, { filter, after, keyId, bufferBytesMax }),
      )
      live.add(subscriber, caller)
      return reply
    },
  )
}

/** @throws LedgerError HEADER_INVALID */
const lastNumberOf = ({ headers }: FastifyRequest): string | undefined => {
  const given = headers['last-event-id']
  if (given === undefined || given === '') return undefined
  const parsed = feedNumber.safeParse(given)
  if (parsed.success) return parsed.data
  const detail = 'must be a number that the feed gave'
  throw new LedgerError('HEADER_INVALID', {
    detail: `last-event-id ${detail}`,
    faults: [{ code: 'HEADER_INVALID', pointer: 'last-event-id', detail }],
  })
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would hold events back
  'x-accel-buffering': 'no',
}

/** Takes the response over from Fastify, with all headers that its hooks have set. */
const open = (
  request: FastifyRequest,
  reply: FastifyReply,
  subscriberOf: (response: FastifyReply['raw']) => Subscriber,
): Subscriber => {
  reply.hijack()
  const { raw } = reply
  const startMs = performance.now()
  // the stream ends with its connection, so that the same bytes can go to all without framing of their own
  raw.useChunkedEncodingByDefault = false
  raw.writeHead(200, { ...reply.getHeaders(), ...STREAM_HEADERS } as Record<string, string>)
  raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS)
  const subscriber = subscriberOf(raw)
  subscriber.write(`retry: ${reconnectMs()}\nid: ${subscriber.number}\n\n`)
  void subscriber.ended.then((end) => {
    const { bytes, number } = subscriber
    const elapsedMs = Math.round(performance.now() - startMs)
    request.log.info({ end, bytes, number, elapsedMs, account: request.caller.account }, 'A stream ended.')
  })
  return subscriber
}

const KEEP_ALIVE_MS = 30_000

/** Readers that lose their server at the same moment do not all come back at the same moment. */
const reconnectMs = (): number => 1_000 + Math.floor(Math.random() * 2_000)

const EXAMPLE_ITEM: z.input<typeof FeedItem> = {
  number: 1042,
  event: 'change.asserted',
  time: '2022-12-03T08:15:00.000Z',
  change: {
    id: '5f0c2a52-5a7a-5d5b-9d2f-1c1d3f6a7b8c',
    actor: 'irn',
    dossier: 'ukraine-war',
    matter: 'irn-rus.uav',
    facet: 'FACT',
    kind: 'REVERSAL',
    from: 'DENY',
    to: 'ADMIT_PARTIAL',
    order: 'certain',
    statement: 'uw-044',
    validFrom: '2022-11-05',
    entailedFrom: null,
    reversesEarlier: true,
    revision: 1,
    revoked: false,
  },
}
const EXAMPLE_CLOSED: z.input<typeof StreamClosed> = {
  code: 'STREAM_TOO_SLOW',
  detail: 'You read more slowly than changes come. Resume from the last id that you have.',
  lastEventId: '1042',
}
const EXAMPLE = [
  `retry: 2000\nid: 1041\n`,
  `id: 1042\nevent: change.asserted\ndata: ${JSON.stringify(EXAMPLE_ITEM)}\n`,
  `: heartbeat\nid: 1042\n`,
  `event: closed\ndata: ${JSON.stringify(EXAMPLE_CLOSED)}\n`,
].join('\n')

const DESCRIPTION = `Server-sent events: \`${FEED_EVENTS.join('`, `')}\`, each with a FeedItem as its data, and its number as its id.
Without \`Last-Event-ID\` it begins with what comes next; with it, with what came after that id, without gap or duplicate, however long ago.
A comment comes when nothing else does. Who reads too slowly, or whose key is revoked, gets a last event, \`closed\`, with a code and the last id.`
