import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { fastifyZodOpenApiPlugin, fastifyZodOpenApiTransformers } from 'fastify-zod-openapi'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { Problem, STATUS } from './problems.js'

export interface DocumentOptions {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly tags?: readonly { name: string; description: string }[]
}

/** Codes that any route can answer with. */
const ANYWHERE: readonly ErrorCode[] = [
  'PARAMETER_UNKNOWN',
  'PARAMETER_INVALID',
  'HEADER_INVALID',
  'KEY_MISSING',
  'KEY_INVALID',
  'SCOPE_MISSING',
  'METHOD_NOT_ALLOWED',
  'URL_TOO_LONG',
  'HEADERS_TOO_LARGE',
  'REQUEST_TOO_SLOW',
  'RATE_LIMITED',
  'INTERNAL',
  'OVERLOADED',
  'TIMED_OUT',
]

/** `/openapi.json`, OpenAPI 3.1, made of the zod schemas of the routes. Routes must be added after this. */
export async function addOpenApi(app: FastifyInstance, options: DocumentOptions): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.config?.scope === undefined) return
    route.schema.security = route.config.scope === 'public' ? [] : [{ apiKey: [] }, { apiKeyHeader: [] }]
  })
  await app.register(fastifyZodOpenApiPlugin)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title, version: options.version, description: options.description },
      tags: [...(options.tags ?? [])],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' },
          apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
    ...fastifyZodOpenApiTransformers,
  })
  let document: string | undefined
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger())
    return reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(document)
  })
}

/** The error answers of a route for its OpenAPI entry: those of `codes`, and those that any route can give. */
export function problemAnswers(...codes: readonly ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set([...ANYWHERE, ...codes])) {
    const status: number = STATUS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      String(status),
      { description: those.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  )
}

type Headers = NonNullable<ZodOpenApiResponseObject['headers']>

/** Headers of an answer, as the generator of the document takes them: it wraps plain schemas, and mangles anything else. */
export const headersOf = (descriptions: Readonly<Record<string, string>>): Headers =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { type: 'string', description }]),
  ) as object as Headers
