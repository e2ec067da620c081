import { pino } from 'pino'
import type { HttpApp } from '#libs/http/build-http.js'
import { emptyRegistry } from '#libs/ledger/registry.js'
import { openPool } from '#libs/postgres/database.js'
import { buildApi } from '#services/api/app.js'
import { parseConfig as parseApiConfig } from '#services/api/config.js'
import { buildApp as buildIntakeApp, type Parts } from '#services/intake/app.js'
import { parseConfig as parseIntakeConfig } from '#services/intake/config.js'

/** A document as these checks look at it: JSON, of which they ask only what they need. */
export interface OpenApiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

export interface Operation {
  summary?: string
  description?: string
  deprecated?: boolean
  parameters?: Parameter[]
  requestBody?: { content: Record<string, MediaType> }
  responses: Record<string, { description: string; content?: Record<string, MediaType> }>
}
export interface Parameter {
  name: string
  in: string
  description?: string
  schema?: unknown
}
export interface MediaType {
  schema: object
  example?: unknown
  examples?: Record<string, { value: unknown }>
}

export const SERVICES = ['api', 'intake'] as const
export type ServiceName = (typeof SERVICES)[number]

const logger = pino({ level: 'silent' })

/** The document that a service serves. */
export async function documentOf(service: ServiceName): Promise<OpenApiDocument> {
  await using running = await openApp(service)
  return (await running.app.inject({ url: '/openapi.json' })).json<OpenApiDocument>()
}

export interface OpenApp extends AsyncDisposable {
  readonly app: HttpApp
}

/** A service without what it runs on: its documents are all that may be asked of it. */
export const openApp = (service: ServiceName): Promise<OpenApp> => (service === 'api' ? openApi() : openIntake())

async function openApi(): Promise<OpenApp> {
  const config = parseApiConfig({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  const pool = openPool(config.database, { applicationName: 'documents', onIdleError: () => undefined })
  const { app } = await buildApi(config, { pool, logger })
  const close = async () => {
    await app.close()
    await pool.end()
  }
  return { app, [Symbol.asyncDispose]: close }
}

async function openIntake(): Promise<OpenApp> {
  const config = parseIntakeConfig({ KAFKA_BROKERS: '127.0.0.1:1' })
  // no route of these is called, so none of these is used
  const parts = { config, logger, kafka: {}, publisher: {}, writer: {}, record: { registry: emptyRegistry() } }
  const app = await buildIntakeApp(parts as unknown as Parts)
  return { app, [Symbol.asyncDispose]: () => app.close() }
}
