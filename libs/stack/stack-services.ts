import { ensureKafkaJars, hasKafkaJars } from './kafka/jars.js'
import { startKafka } from './kafka/kafka-process.js'
import { usableBinaries } from './postgres/binaries.js'
import { postgresHome } from './postgres/home.js'
import { startPostgres } from './postgres/postgres-process.js'
import type { Found } from './requirements.js'
import type { StackPorts } from './stack-file.js'
import type { ProcessEvent, SupervisedProcess } from './supervise.js'

/** Kafka or PostgreSQL. If it runs elsewhere there is no pid, and `kill` and `restart` are mistakes of the caller. */
export type StackService = Pick<SupervisedProcess, 'pid' | 'state' | 'kill' | 'restart' | 'stop'>

export interface ServiceSettings {
  dir: string
  env: NodeJS.ProcessEnv
  cacheDirectory: string
  /** What is started here; the rest runs elsewhere. */
  needs: { kafka: boolean; postgres: boolean }
  databaseUrl?: string
  log: (sentence: string) => void
  onEvent: (event: ProcessEvent) => void
  restartsMax?: number
  signal?: AbortSignal
}

interface Prepared extends Found {
  jarsDirectory: string
  binaries: string
  home: string
}

/** Everything that can fail before a process runs: Kafka's jars, PostgreSQL's binaries, and a place for its data. */
export const prepareServices = async (settings: ServiceSettings, found: Found): Promise<Prepared> => {
  const { dir, env, cacheDirectory, needs, log, signal } = settings
  if (needs.kafka && !hasKafkaJars(cacheDirectory)) log('Fetching Kafka with Maven (about 45 MB, only this once) …')
  return {
    ...found,
    jarsDirectory: needs.kafka ? await ensureKafkaJars(cacheDirectory, env, signal, log) : '',
    binaries: needs.postgres ? await usableBinaries(found.postgresUser) : '',
    home: needs.postgres ? await postgresHome(dir, found.postgresUser, log) : '',
  }
}

/** Starts both at the same time. If one fails, the other is stopped as well, and the failure of the first is thrown. */
export const startServices = async (
  { dir, env, needs, databaseUrl, ...settings }: ServiceSettings,
  { java, jarsDirectory, binaries, home, postgresUser }: Prepared,
  ports: StackPorts,
): Promise<{ kafka: StackService; postgres: StackService; databaseUrl: string }> => {
  const oneFailed = new AbortController()
  const { onEvent, restartsMax } = settings
  const signal = settings.signal ? AbortSignal.any([settings.signal, oneFailed.signal]) : oneFailed.signal
  const common = { dir, onEvent, signal, ...(restartsMax !== undefined && { restartsMax }) }
  const [kafka, postgres] = await bothOrNeither(
    needs.kafka
      ? startKafka({ ...common, env, java, jarsDirectory, port: ports.kafka, controllerPort: ports.controller })
      : Promise.resolve(RUNS_ELSEWHERE),
    needs.postgres
      ? startPostgres({ ...common, binaries, home, user: postgresUser, port: ports.postgres })
      : Promise.resolve({ ...RUNS_ELSEWHERE, databaseUrl: databaseUrl ?? '' }),
    oneFailed,
  )
  return { kafka, postgres, databaseUrl: postgres.databaseUrl }
}

const notOurs = (): Promise<never> =>
  Promise.reject(new Error('This service runs elsewhere; it is not ours to kill or restart.'))

const RUNS_ELSEWHERE: StackService = {
  pid: undefined,
  state: 'running',
  kill: notOurs,
  restart: notOurs,
  stop: () => Promise.resolve(),
}

const bothOrNeither = async <A extends Pick<StackService, 'stop'>, B extends Pick<StackService, 'stop'>>(
  first: Promise<A>,
  second: Promise<B>,
  oneFailed: AbortController,
): Promise<[A, B]> => {
  // The abort carries the failure that caused it: the other's own is then only a consequence.
  for (const starting of [first, second]) starting.catch((error: unknown) => oneFailed.abort(error))
  const [a, b] = await Promise.allSettled([first, second])
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value]
  for (const result of [a, b]) if (result.status === 'fulfilled') await result.value.stop()
  throw oneFailed.signal.reason
}
