import type { FastifyBaseLogger } from 'fastify'
import { Gauge } from 'prom-client'
import { RECORD_BYTES_MAX, SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { buildHttp, type HttpApp } from '#libs/http/build-http.js'
import type { ReadinessCheck } from '#libs/http/health.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { openPublisher, type Publisher } from '#libs/kafka/publisher.js'
import { checkTopics, ensureTopics } from '#libs/kafka/topics.js'
import { closeInReverse, type Resources } from '#libs/lifecycle/close-in-reverse.js'
import { addPostBatch } from './batches/post-batch.js'
import type { IntakeConfig } from './config.js'
import { issueBootstrapKey } from './keys/bootstrap-key.js'
import { addIssueKey } from './keys/issue-key.js'
import { addRevokeKey } from './keys/revoke-key.js'
import { addDecideRecord } from './quarantine/decide-record.js'
import { followRecord, type FollowedRecord } from './record/followed-record.js'
import { REGISTRY_USE_CASES } from './registry/use-cases.js'
import { REPORT_USE_CASES } from './reports/use-cases.js'
import { STATEMENT_USE_CASES } from './statements/use-cases.js'
import { addAudit } from './writes/audit.js'
import type { WriteUseCase } from './writes/use-case.js'
import { openOutcomes } from './writes/await-outcome.js'
import { addWriteRoute, type Intake } from './writes/write-route.js'
import { Writer } from './writes/writer.js'

export const USE_CASES: readonly WriteUseCase[] = [...STATEMENT_USE_CASES, ...REGISTRY_USE_CASES, ...REPORT_USE_CASES]

export interface BuiltIntake extends AsyncDisposable {
  readonly app: HttpApp
  close(): Promise<void>
}

/** For the turn of a write of the registry, and to read it back; a handler's time must not end before what it waits for. */
const TURN_MS_MAX = 15_000

/** How long the start waits for the registry to be read. About 5 s a million events. */
const CATCH_UP_MS_MAX = 120_000

/**
 * Builds intake on a Kafka that answers: makes missing topics, checks them, reads the registry to its end, and issues
 * the bootstrap key. Listening is the caller's.
 * @throws KafkaError if a topic is not what it must be
 */
export async function buildIntake(
  config: IntakeConfig,
  kafka: KafkaConnection,
  logger: FastifyBaseLogger,
  options: { processMetrics?: boolean } = {},
): Promise<BuiltIntake> {
  const resources = closeInReverse()
  try {
    await ensureTopics(kafka)
    await checkTopics(kafka)
    const publisher = resources.add(await openPublisher(kafka, config), {
      name: 'publisher',
      closeMsMax: config.publishMsMax + 20_000,
    })
    const record = resources.add(await followRecord(kafka), { name: 'followed record' })
    if (!(await record.waitUntilCaughtUp(CATCH_UP_MS_MAX)))
      throw new Error(`The registry could not be read within ${CATCH_UP_MS_MAX} ms.`)
    const writer = new Writer(record, publisher)
    if (config.bootstrapKeyFile !== undefined && (await issueBootstrapKey(config.bootstrapKeyFile, record, writer)))
      logger.info({ file: config.bootstrapKeyFile }, 'Issued the API key that this file holds.')
    const app = await buildApp({ config, kafka, logger, publisher, record, writer, ...options })
    resources.add(app, { name: 'HTTP server', closeMsMax: config.waitMsMax + 15_000 })
    return { app, ...closing(resources) }
  } catch (error) {
    await resources[Symbol.asyncDispose]().catch(() => undefined)
    throw error
  }
}

const closing = (resources: Resources) => {
  const close = () => Promise.resolve(resources[Symbol.asyncDispose]())
  return { close, [Symbol.asyncDispose]: close }
}

export interface Parts {
  readonly config: IntakeConfig
  readonly kafka: KafkaConnection
  readonly logger: FastifyBaseLogger
  readonly publisher: Publisher
  readonly record: FollowedRecord
  readonly writer: Writer
  readonly processMetrics?: boolean
}

/** The application on parts that are open already. */
export async function buildApp({
  config,
  kafka,
  logger,
  publisher,
  record,
  writer,
  processMetrics,
}: Parts): Promise<HttpApp> {
  const { app, metrics } = await buildHttp({
    document: DOCUMENT,
    logger,
    findKey: (hash) => record.findKey(hash),
    anonymousScopes: [],
    readiness: () => readiness(record, publisher),
    limits: config,
    bodyBytesMax: RECORD_BYTES_MAX,
    handlerMsMax: TURN_MS_MAX + config.publishMsMax + config.waitMsMax,
    corsOrigins: config.corsOrigins,
    proxyHops: config.proxyHops,
    processMetrics: processMetrics ?? false,
  })
  new Gauge({
    name: 'intake_publish_queue_records',
    help: 'Records that wait to be sent to Kafka',
    registers: [metrics],
    collect() {
      this.set(publisher.waiting().records)
    },
  })
  addAudit(app)
  const { apiUrl, waitMsMax } = config
  const outcomes = openOutcomes({ apiUrl: config.apiInternalUrl, waitMsMax, logger })
  const intake: Intake = { writer, apiUrl, outcomes }
  for (const useCase of USE_CASES) addWriteRoute(app, intake, useCase)
  addPostBatch(app, intake, USE_CASES, { linesMax: config.batchLinesMax, bytesMax: config.batchBytesMax })
  addIssueKey(app, intake, record.registry)
  addRevokeKey(app, intake, record.registry)
  addDecideRecord(app, intake, (role) => kafka.topicName(role))
  await app.ready()
  return app
}

function readiness(record: FollowedRecord, publisher: Publisher): ReadinessCheck[] {
  const gap = record.gap()
  return [
    { name: 'topics', ok: gap === undefined, ...(gap && { detail: `${gap.topicRole} was truncated or made anew` }) },
    { name: 'registry followed', ok: record.following() },
    { name: 'publishing', ok: publisher.healthy() },
  ]
}

const DOCUMENT = {
  title: 'statement-ledger: intake',
  version: '1',
  description: `The write side: checks what it is sent and publishes it as events on ${SOURCE_TOPIC_ROLES.join(', ')}.`,
  tags: [
    { name: 'statements', description: 'Statements and what amends them. Scope record' },
    { name: 'registry', description: 'Actors, offices, dossiers, matters, sources. Scope register' },
    { name: 'reports', description: 'Published documents. Scope register' },
    { name: 'batches', description: 'Many writes at once' },
    { name: 'keys', description: 'API keys. Scope operate' },
    { name: 'quarantine', description: 'Decisions on quarantined records. Scope operate' },
  ],
}
