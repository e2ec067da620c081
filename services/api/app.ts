import { LedgerError } from '#libs/contracts/error-codes.js'
import { TOPICS } from '#libs/contracts/topics.js'
import { buildHttp, type BuiltHttp } from '#libs/http/build-http.js'
import type { ReadinessCheck } from '#libs/http/health.js'
import type { Pool } from '#libs/postgres/database.js'
import type { FastifyBaseLogger } from 'fastify'
import { openCoveredInstants } from './clocks/covered-instants.js'
import { openJournalEvents } from './clocks/journal-events.js'
import { openStateCache } from './clocks/state-cache.js'
import { addReadConventions } from './conventions.js'
import type { ApiConfig } from './config.js'
import { LiveChanges } from './live/live-changes.js'
import { streamMetrics } from './live/stream-metrics.js'
import { openNumbering } from './live/numbering.js'
import { openExportSlots } from './lists/export-list.js'
import { openPositionReader } from './positions/position-reader.js'
import { openCoverage, type Coverage } from './reads/coverage.js'
import { openPageReader } from './reads/page-reader.js'
import { openReads, type LedgerReads } from './reads/snapshot.js'
import { openRegistryFollower, type RegistryFollower } from './registry/follow-registry.js'
import { findKeyIn } from './registry/known-keys.js'
import { ROUTES } from './routes.js'

export interface ApiApp extends BuiltHttp {
  readonly reads: LedgerReads
  readonly registry: RegistryFollower
  readonly coverage: Coverage
  readonly live: LiveChanges
}

/** The application, not yet listening. It reads from `pool`, which stays the caller's. */
export const buildApi = async (
  config: ApiConfig,
  { pool, logger, processMetrics = false }: { pool: Pool; logger: FastifyBaseLogger; processMetrics?: boolean },
): Promise<ApiApp> => {
  const reads = openReads(pool)
  const registry = openRegistryFollower()
  const coverage = openCoverage(reads, { waitMsMax: config.ledgerAfterMsMax })
  const live = new LiveChanges({ reads, registry, limits: config.stream, log: logger })
  const http = await buildHttp({
    document: DOCUMENT,
    logger,
    findKey: findKeyIn(() => registry.latest()),
    anonymousScopes: config.readAccess === 'public' ? ['read'] : [],
    readiness: () => readinessOf(reads, registry),
    limits: config,
    bodyBytesMax: 1_024,
    handlerMsMax: config.handlerMsMax,
    corsOrigins: config.corsOrigins,
    proxyHops: config.proxyHops,
    processMetrics,
  })
  streamMetrics(http.metrics, live)
  // before the server waits for the requests that are under way: streams end by nothing else
  http.app.addHook('preClose', (done) => {
    live.closeAll()
    done()
  })
  await http.app.register((api, _options, done) => {
    addReadConventions(api, coverage)
    const topicName = (role: keyof typeof TOPICS): string => `${config.topicPrefix}${TOPICS[role].name}`
    const positions = openPositionReader(reads)
    const pages = openPageReader(reads)
    const { publicUrl } = config
    const caches = {
      states: openStateCache(),
      journalEvents: openJournalEvents(),
      coveredInstants: openCoveredInstants(),
    }
    const untilNumbered = openNumbering(reads, { waitMsMax: config.ledgerAfterMsMax })
    const exports = openExportSlots()
    const apiReads = {
      reads,
      positions,
      pages,
      registry,
      topicName,
      publicUrl,
      live,
      untilNumbered,
      exports,
      ...caches,
    }
    for (const route of ROUTES) route(api, apiReads)
    done()
  })
  return { ...http, reads, registry, coverage, live }
}

/** Ready once there are read models to read, and the keys in them are known. */
const readinessOf = async (reads: LedgerReads, registry: RegistryFollower): Promise<ReadinessCheck[]> => {
  try {
    await registry.refresh(reads)
    return [{ name: 'read models', ok: true }]
  } catch (error) {
    const detail = error instanceof LedgerError ? error.message : 'Postgres does not answer, or is not migrated.'
    return [{ name: 'read models', ok: false, detail }]
  }
}

const DOCUMENT = {
  title: 'statement-ledger',
  version: '1.0.0',
  description:
    'What governments, officials and organisations say about arms transfers, folded into positions: what each holds, ' +
    'what it held on any day, what was known on any day, and what changed it.',
  tags: [
    { name: 'Positions', description: 'What actors hold' },
    { name: 'Changes', description: 'What changed a position' },
    { name: 'Conflicts', description: 'Where an actor is at odds with itself' },
    { name: 'Disputes', description: 'Where actors are at odds with each other' },
    { name: 'Statements', description: 'What was said, and the reports of it' },
    { name: 'Registry', description: 'Who is who, in which office; what is talked about; who reports it' },
    { name: 'Events', description: 'What became of what was written' },
    { name: 'Status', description: 'How far the ledger has read' },
    { name: 'Operation', description: 'For operators' },
  ],
}
