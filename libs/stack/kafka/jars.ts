import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { StackError } from '../errors.js'
import { stackFile } from '../project-files.js'
import { findOnPath, runCommand } from '../processes/run-command.js'

const POM = stackFile('kafka', 'pom.xml')
// In full, so that Maven need not ask a repository what the short name stands for; the version is pom.xml's.
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies'
const FETCH_MS_MAX = 10 * 60_000
const ABANDONED_AFTER_MS = 60 * 60_000

/** Where the jars that our pom.xml names are kept; another pom.xml, another directory. */
export const kafkaJarsDirectory = (cacheDirectory: string): string =>
  path.join(cacheDirectory, `kafka-${createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)}`)

/** Whether they are there. The directory gets its name only when it is whole. */
export const hasKafkaJars = (cacheDirectory: string): boolean => existsSync(kafkaJarsDirectory(cacheDirectory))

/**
 * Kafka's jars, fetched with Maven if they are not there yet (about 45 MB, from wherever the user's Maven settings say).
 * @param log told how much has come, every few seconds
 * @throws StackError MAVEN_MISSING, KAFKA_JARS_UNAVAILABLE with Maven's own words
 */
export const ensureKafkaJars = async (
  cacheDirectory: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
  log?: (sentence: string) => void,
): Promise<string> => {
  const directory = kafkaJarsDirectory(cacheDirectory)
  if (existsSync(directory)) return directory
  const maven = findOnPath('mvn', env)
  if (!maven) throw new StackError({ code: 'MAVEN_MISSING', detail: 'There is no Maven (mvn) on the PATH.' })

  mkdirSync(cacheDirectory, { recursive: true })
  removeAbandoned(cacheDirectory)
  const partial = `${directory}.partial-${process.pid}`
  try {
    const args = ['-B', '-Dstyle.color=never', '-f', POM, COPY_DEPENDENCIES]
    const scope = ['-DincludeScope=runtime', `-DoutputDirectory=${partial}`]
    const { ok, output } = await runCommand(maven, [...args, ...scope], {
      env,
      msMax: FETCH_MS_MAX,
      signal,
      onOutput: progressOf(log),
    })
    if (!ok) throw new StackError({ code: 'KAFKA_JARS_UNAVAILABLE', detail: `Maven failed.${quoteErrors(output)}` })
    moveIntoPlace(partial, directory)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return directory
}

const PROGRESS_MS = 2_000
/** As Maven reports each file that it has fetched: `Downloaded from x: https://… (1.2 MB at 3.4 MB/s)`. */
const FETCHED = /Downloaded from \S+ \S+ \(([\d.]+) (B|kB|MB) at/g
const BYTES = { B: 1, kB: 1e3, MB: 1e6 }

/** Adds up what Maven says it has fetched. */
const progressOf = (log: ((sentence: string) => void) | undefined): ((chunk: string) => void) => {
  let [rest, files, bytes, toldAt] = ['', 0, 0, performance.now()]
  return (chunk) => {
    const lines = (rest + stripVTControlCharacters(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const [, amount, unit] of lines.join('\n').matchAll(FETCHED)) {
      files++
      bytes += Number(amount) * BYTES[unit as keyof typeof BYTES]
    }
    if (files === 0 || performance.now() - toldAt < PROGRESS_MS) return
    toldAt = performance.now()
    log?.(`Fetched ${files} files, ${(bytes / 1e6).toFixed(0)} MB so far …`)
  }
}

const moveIntoPlace = (partial: string, directory: string): void => {
  try {
    renameSync(partial, directory)
  } catch (error) {
    if (!existsSync(directory)) throw error
    // Another process fetched them at the same time and was first; its copy is as good.
  }
}

/** What was left by fetches that were killed. */
const removeAbandoned = (cacheDirectory: string): void => {
  for (const name of readdirSync(cacheDirectory).filter((entry) => entry.includes('.partial-'))) {
    const abandoned = path.join(cacheDirectory, name)
    if (Date.now() - statSync(abandoned).mtimeMs > ABANDONED_AFTER_MS)
      rmSync(abandoned, { recursive: true, force: true })
  }
}

const quoteErrors = (output: string): string => {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => line.replace('[ERROR]', '').trim() !== '')
  const errors = lines.filter((line) => line.startsWith('[ERROR]'))
  // What follows the first lines is advice on how to have Maven say more.
  return `\n${(errors.length > 0 ? errors : lines).slice(0, 3).join('\n')}\n`
}
