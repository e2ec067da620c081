import { until, type FaultyLedger } from './faulty-ledger.js'
import type { Load } from './load.js'

/** Something that goes wrong while records come in. `random` is of the seed. */
export type Fault = (ledger: FaultyLedger, load: Load, random: () => number) => Promise<void>

/** Each comes once before any comes again. */
export const FAULTS = {
  'kill -9 of the projector': (ledger) => ledger.killAndRestart('projector'),
  'kill -9 of the relay': (ledger) => ledger.killAndRestart('relay'),
  'kill -9 of Kafka': (ledger) => ledger.killAndRestart('kafka'),
  'kill -9 of Postgres': (ledger) => ledger.killAndRestart('postgres'),
  'a projector stops, another takes over, the first wakes up': (ledger) => zombie(ledger),
  'records are delivered again': async (_ledger, load, random) => {
    const count = 20 + Math.floor(random() * 200)
    await load.publishAgain(Math.floor(random() * load.published), count)
  },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS

/** The order of the faults: whole sets of them, each shuffled by the seed. */
export const drawFaults = (rounds: number, random: () => number): FaultName[] => {
  const names = Object.keys(FAULTS) as FaultName[]
  const sets = Array.from({ length: Math.ceil(rounds / names.length) }, () =>
    names
      .map((name) => ({ name, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name),
  )
  return sets.flat().slice(0, rounds)
}

/** What the first had read and not written when it was stopped, the other has written when it wakes up. */
const zombie = async (ledger: FaultyLedger): Promise<void> => {
  const first = ledger.projector
  await first.kill('SIGSTOP')
  const before = await ledger.projectedRecords()
  const second = await ledger.startSecondProjector()
  await until(async () => (await ledger.projectedRecords()) > before, 'the second projector goes on', ledger.signal)
  await first.kill('SIGCONT')
  await ledger.untilQuiet()
  await ledger.replaceProjector(second)
}
