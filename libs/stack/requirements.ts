import { existsSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { StackError, type StackFault } from './errors.js'
import { hasKafkaJars } from './kafka/jars.js'
import { isPortFree, LOOPBACK } from './ports.js'
import { findPlatformPackage, platformPackage } from './postgres/binaries.js'
import { findSystemUser, isRoot, type SystemUser } from './postgres/system-user.js'
import { findOnPath, isExecutable, runCommand } from './processes/run-command.js'

export interface RequirementOptions {
  /** Where the stack will keep its data; need not exist yet. */
  dir: string
  /** Where Kafka's jars are kept: Maven is needed only if they are not there. */
  cacheDirectory: string
  env: NodeJS.ProcessEnv
  /** What is going to be started. */
  needs: { kafka: boolean; postgres: boolean }
  /** Default 1 GiB. */
  freeBytesMin?: number
  /** Whom root runs PostgreSQL as. Default `postgres`. */
  postgresUserName?: string
}

/** What was found on the way, so that nobody has to look for it again. */
export interface Found {
  /** Path of the java command; '' if Kafka is not needed. */
  java: string
  /** Whom PostgreSQL runs as; undefined: as ourselves. */
  postgresUser: SystemUser | undefined
}

/**
 * Looks whether everything is there that a stack needs, before anything is written or started.
 * @throws StackError with every fault at once: NODE_TOO_OLD, PLATFORM_UNSUPPORTED, JAVA_MISSING, JAVA_TOO_OLD, MAVEN_MISSING,
 *   POSTGRES_BINARIES_MISSING, POSTGRES_USER_MISSING, DISK_FULL
 */
export const checkRequirements = async (options: RequirementOptions): Promise<Found> => {
  const { env, needs, postgresUserName = 'postgres' } = options
  const [java, postgresUser] = await Promise.all([
    needs.kafka ? findJava(env) : '',
    needs.postgres && isRoot() ? findSystemUser(postgresUserName) : undefined,
  ])
  const faults = [
    checkNodeVersion(process.versions.node),
    typeof java === 'string' ? undefined : java,
    needs.kafka ? checkMaven(options) : undefined,
    ...(needs.postgres ? [checkPostgresPackage(), checkPostgresUser(postgresUser, postgresUserName)] : []),
    needs.kafka || needs.postgres ? checkFreeSpace(options) : undefined,
  ].filter((fault) => fault !== undefined)
  throwIfAny(faults)
  return { java: typeof java === 'string' ? java : '', postgresUser }
}

/** Whether this Node.js will do. The oldest version is the one in package.json. */
export const checkNodeVersion = (version: string): StackFault | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 20)) return undefined
  return { code: 'NODE_TOO_OLD', detail: `This is Node.js ${version}.` }
}

/**
 * Looks whether the ports that were asked for are free.
 * @throws StackError PORT_TAKEN, for each that is not
 */
export const checkPorts = async (ports: readonly { name: string; port: number }[]): Promise<void> => {
  const faults = await Promise.all(
    ports.map(async ({ name, port }): Promise<StackFault | undefined> => {
      if (await isPortFree(port)) return undefined
      return { code: 'PORT_TAKEN', detail: `Port ${port} on ${LOOPBACK}, which ${name} should listen on, is taken.` }
    }),
  )
  throwIfAny(faults.filter((fault) => fault !== undefined))
}

const JAVA_MAJOR_MIN = 17
const FREE_BYTES_MIN = 1024 ** 3

/** The path of a java that is new enough, or what is wrong. JAVA_HOME goes before the PATH, as it does for Maven. */
const findJava = async (env: NodeJS.ProcessEnv): Promise<string | StackFault> => {
  const java = env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin', 'java') : findOnPath('java', env)
  if (!java) return { code: 'JAVA_MISSING', detail: 'There is no java on the PATH, and JAVA_HOME is not set.' }
  if (!isExecutable(java)) return { code: 'JAVA_MISSING', detail: `JAVA_HOME is set, but there is no ${java}.` }
  const { ok, output } = await runCommand(java, ['-version'], { env, msMax: 20_000 })
  const version = /version "([^"]+)"/.exec(output)?.[1]
  if (!ok || !version) return { code: 'JAVA_MISSING', detail: `${java} does not run: ${output.trim().slice(0, 300)}.` }
  if (Number.parseInt(version) >= JAVA_MAJOR_MIN) return java
  return { code: 'JAVA_TOO_OLD', detail: `${java} is version ${version}.` }
}

const checkMaven = ({ cacheDirectory, env }: RequirementOptions): StackFault | undefined =>
  hasKafkaJars(cacheDirectory) || findOnPath('mvn', env)
    ? undefined
    : { code: 'MAVEN_MISSING', detail: 'There is no Maven (mvn) on the PATH.' }

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

const checkPostgresPackage = (): StackFault | undefined => {
  const platform = `${process.platform}-${process.arch}`
  if (!PLATFORMS.includes(platform)) {
    return { code: 'PLATFORM_UNSUPPORTED', detail: `There are no PostgreSQL binaries for ${platform}.` }
  }
  if (findPlatformPackage()) return undefined
  return {
    code: 'POSTGRES_BINARIES_MISSING',
    detail: `The optional npm package ${platformPackage()} is not installed.`,
  }
}

const checkPostgresUser = (user: SystemUser | undefined, name: string): StackFault | undefined =>
  isRoot() && !user
    ? { code: 'POSTGRES_USER_MISSING', detail: `This runs as root, and there is no user named ${name}.` }
    : undefined

const checkFreeSpace = ({ dir, freeBytesMin = FREE_BYTES_MIN }: RequirementOptions): StackFault | undefined => {
  const existing = nearestExisting(path.resolve(dir))
  const { bavail, bsize } = statfsSync(existing)
  if (bavail * bsize >= freeBytesMin) return undefined
  const [free, needed] = [bavail * bsize, freeBytesMin].map((bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`)
  return { code: 'DISK_FULL', detail: `The disk of ${existing} has ${free ?? ''} left; ${needed ?? ''} are needed.` }
}

const nearestExisting = (directory: string): string =>
  existsSync(directory) || path.dirname(directory) === directory ? directory : nearestExisting(path.dirname(directory))

const throwIfAny = ([first, ...rest]: StackFault[]): void => {
  if (first) throw new StackError([first, ...rest])
}
