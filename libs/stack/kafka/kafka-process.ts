import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StackError } from '../errors.js'
import { LOOPBACK } from '../ports.js'
import { stackFile } from '../project-files.js'
import { stopLeftover } from '../processes/pid-file.js'
import { runCommand } from '../processes/run-command.js'
import { superviseProcess, type SupervisedProcess, type SupervisedProcessOptions } from '../supervise.js'
import { kafkaServes } from './metadata-probe.js'

export interface KafkaOptions extends Pick<SupervisedProcessOptions, 'restartsMax' | 'onEvent' | 'signal'> {
  /** The stack's directory: data goes to `kafka/`, the log to `logs/kafka.log`. */
  dir: string
  /** Path of the java command. */
  java: string
  jarsDirectory: string
  port: number
  /** Where the broker reaches itself as its controller. */
  controllerPort: number
  env: NodeJS.ProcessEnv
}

/**
 * Starts Kafka as one node that is broker and controller; its storage is prepared the first time.
 * @throws StackError KAFKA_FORMAT_FAILED, PROCESS_EXITED, PROCESS_NOT_READY
 */
export const startKafka = async (options: KafkaOptions): Promise<SupervisedProcess> => {
  const paths = kafkaPaths(options.dir)
  if (!existsSync(paths.data)) await formatStorage(options)
  writeFileSync(paths.properties, serverProperties(options, paths.data))
  return superviseProcess({
    name: 'Kafka',
    command: options.java,
    args: [...JVM_ARGS, '-cp', path.join(options.jarsDirectory, '*'), 'kafka.Kafka', paths.properties],
    env: options.env,
    cwd: paths.root,
    logFile: paths.log,
    pidFile: paths.pid,
    readyWhen: { check: () => kafkaServes(options.port) },
    readyMsMax: 60_000,
    stopMsMax: 20_000,
    ...pickSupervision(options),
  })
}

/** Stops a Kafka of this directory that an earlier run left behind. @returns its pid, if there was one */
export const stopLeftoverKafka = (dir: string): Promise<number | undefined> =>
  stopLeftover(kafkaPaths(dir).pid, { stopMsMax: 20_000 })

// A small heap, part of it at once, and the collector that costs least on few cores.
const JVM_ARGS = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
  `-Dlog4j2.configurationFile=${stackFile('kafka', 'log4j2.xml')}`,
]
const FORMAT_MS_MAX = 60_000

const kafkaPaths = (dir: string) => ({
  root: path.join(dir, 'kafka'),
  data: path.join(dir, 'kafka', 'data'),
  formatting: path.join(dir, 'kafka', 'data.formatting'),
  properties: path.join(dir, 'kafka', 'server.properties'),
  log: path.join(dir, 'logs', 'kafka.log'),
  pid: path.join(dir, 'run', 'kafka.json'),
})

/** Prepares the storage aside and then gives it its name, so that a half-prepared one is never taken for a whole one. */
const formatStorage = async (options: KafkaOptions): Promise<void> => {
  const { root, data, formatting } = kafkaPaths(options.dir)
  rmSync(formatting, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const properties = path.join(root, 'format.properties')
  writeFileSync(properties, serverProperties(options, formatting))
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A') // not to be read as an option
  const { ok, output } = await runCommand(
    options.java,
    // Short-lived: a compiler that does not take pains halves its time.
    ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...JVM_ARGS.slice(2), '-cp', path.join(options.jarsDirectory, '*')].concat([
      'kafka.tools.StorageTool',
      'format',
      '--cluster-id',
      clusterId,
      '--config',
      properties,
    ]),
    { env: options.env, cwd: root, msMax: FORMAT_MS_MAX, signal: options.signal },
  )
  rmSync(properties)
  if (!ok) throw new StackError({ code: 'KAFKA_FORMAT_FAILED', detail: `${output.slice(-2_000)}\n` })
  renameSync(formatting, data)
}

const serverProperties = ({ port, controllerPort }: KafkaOptions, dataDirectory: string): string =>
  [
    readFileSync(stackFile('kafka', 'server.properties'), 'utf8'),
    '# Added at start.',
    `listeners=PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://${LOOPBACK}:${port}`,
    // Named, not found out: so that the ports may be others at the next start.
    `controller.quorum.voters=1@${LOOPBACK}:${controllerPort}`,
    // Relative to the working directory: Kafka splits this list at commas, which a path may contain.
    `log.dirs=${path.basename(dataDirectory)}`,
    '',
  ].join('\n')

const pickSupervision = ({ restartsMax, onEvent, signal }: KafkaOptions) => ({
  ...(restartsMax !== undefined && { restartsMax }),
  onEvent,
  signal,
})
