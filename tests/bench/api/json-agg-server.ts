/**
 * What one would write first: Fastify and pg, a page put together by Postgres when it is asked for. Takes the same
 * addresses and cursors as the ledger. `node json-agg-server.js`, PORT and DATABASE_URL in the environment.
 */
import Fastify from 'fastify'
import pg from 'pg'
import { CHANGE_PAGE, POSITION_PAGE } from './json-agg.sql.js'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const app = Fastify()

const lists = [
  { path: '/v1/positions', text: POSITION_PAGE, first: ['', '', ''] },
  {
    path: '/v1/changes',
    text: CHANGE_PAGE,
    first: ['', '0001-01-01', '', '0', '00000000-0000-0000-0000-000000000000'],
  },
]
for (const { path, text, first } of lists)
  app.get<{ Querystring: { cursor?: string } }>(path, async (request, reply) => {
    const { cursor } = request.query
    const [, ...after] = cursor === undefined ? ['', ...first] : keyOf(cursor)
    const { rows } = await pool.query<{ page: string }>({ name: path, text, values: after })
    return reply.type('application/json; charset=utf-8').send(rows[0]?.page)
  })

const keyOf = (cursor: string): string[] => JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[]

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.once('SIGTERM', () => void app.close().then(() => pool.end()))
