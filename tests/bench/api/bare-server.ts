/**
 * A Fastify that does nothing but send: what a request costs before anybody does something for it. Sends the text of the
 * files that its arguments name, at `/position` and `/page`. `node bare-server.js <position> <page>`, PORT in the environment.
 */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'

const [position, page] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'))
const app = Fastify()
app.get('/position', (_request, reply) => {
  reply.type('application/json; charset=utf-8').send(position)
})
app.get('/page', (_request, reply) => {
  reply.type('application/json; charset=utf-8').send(page)
})
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.once('SIGTERM', () => void app.close())
