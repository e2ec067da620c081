import { loadServer, type Load } from './load.js'
import type { Sample } from './sample.js'
import type { ServerProcess } from './server-process.js'
import type { ServerName, Subject } from './subjects.js'

/** What the rounds of one subject gave, in their order. */
export interface SubjectResult {
  readonly subject: Subject
  readonly loads: readonly Load[]
}

export interface RoundOptions {
  readonly rounds: number
  readonly seconds: number
  readonly log: (sentence: string) => void
}

/** So that compilers and caches have warmed up when it counts. */
const WARM_UP_SECONDS = 2

/**
 * Loads the servers in turns, one at a time, every subject once a round, so that what slows the machine for a while
 * slows all of them. Subjects whose server is not there are left out.
 */
export async function runRounds(
  subjects: readonly Subject[],
  servers: ReadonlyMap<ServerName, ServerProcess>,
  sample: Sample,
  { rounds, seconds, log }: RoundOptions,
): Promise<SubjectResult[]> {
  const results = subjects
    .filter(({ server }) => servers.has(server))
    .map((subject) => ({ subject, loads: [] as Load[] }))
  const load = ({ server, status, requests }: Subject, seconds: number): Promise<Load> =>
    loadServer(servers.get(server)!, { requests: requests(sample), status, seconds })
  for (const { subject } of results) await load(subject, WARM_UP_SECONDS)
  for (let round = 1; round <= rounds; round++) {
    for (const { subject, loads } of results) {
      const one = await load(subject, seconds)
      loads.push(one)
      const figures = `${Math.round(one.requestsPerSecond)} requests/s, ${one.cpuMicroseconds.toFixed(1)} µs each`
      log(`Round ${round} of ${rounds}: ${subject.title}: ${figures}.`)
    }
  }
  return results
}
