import type { FastifyInstance } from 'fastify'

/** One thing that must hold before requests can be served. */
export interface ReadinessCheck {
  readonly name: string
  readonly ok: boolean
  /** What is missing, for an operator. */
  readonly detail?: string
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work, or 503 with what is missing. */
export function addHealth(
  app: FastifyInstance,
  checks: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>,
): void {
  // whoever watches the process is to have an answer, however often others ask
  const options = { config: { scope: 'public' as const, rateLimit: false as const }, schema: { hide: true } }
  app.get('/health/live', options, async (_request, reply) =>
    reply.header('cache-control', 'no-store').type('application/json').send('{"live":true}'),
  )
  app.get('/health/ready', options, async (_request, reply) => {
    const results = await checks()
    const ready = results.every(({ ok }) => ok)
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify({ ready, checks: results }))
  })
}
