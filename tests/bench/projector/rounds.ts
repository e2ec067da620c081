import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { rateOf } from './rates.js'
import type { BenchContext, Measurement, Subject } from './subject.js'

const RUN_SUBJECT = fileURLToPath(new URL('run-subject.js', import.meta.url))

/** What the rounds of one subject gave, in their order. */
export interface SubjectResult {
  readonly subject: Subject
  readonly measurements: readonly Measurement[]
}

/**
 * Measures every subject once a round, so that what slows the machine for a while slows all of them.
 * @param between runs before each measurement: brings Postgres to rest
 */
export async function runRounds(
  subjects: readonly Subject[],
  context: BenchContext,
  options: { rounds: number; between: () => Promise<void>; log: (sentence: string) => void },
): Promise<SubjectResult[]> {
  const results = subjects.map((subject) => ({ subject, measurements: [] as Measurement[] }))
  for (let round = 1; round <= options.rounds; round++) {
    for (const { subject, measurements } of results) {
      await options.between()
      const events = Math.min(context.events, subject.eventsMax ?? Infinity)
      const measurement = await runInProcess(subject, { ...context, events })
      measurements.push(measurement)
      options.log(`Round ${round} of ${options.rounds}: ${subject.title}: ${Math.round(rateOf(measurement))} events/s.`)
    }
  }
  return results
}

function runInProcess(subject: Subject, context: BenchContext): Promise<Measurement> {
  const child = fork(RUN_SUBJECT, [subject.name, JSON.stringify(context)])
  return new Promise((resolve, reject) => {
    let measurement: Measurement | undefined
    child.once('message', (message) => (measurement = message as Measurement))
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0 && measurement) resolve(measurement)
      else reject(new Error(`${subject.name} ended with ${signal ?? `exit code ${code ?? 'none'}`}`))
    })
  })
}
