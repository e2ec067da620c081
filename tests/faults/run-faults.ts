import { openPublisher } from '#libs/kafka/publisher.js'
import { amendedEvents } from '#tests/services/projector/amended-events.js'
import { randomBy, type World } from '#tests/services/projector/generated-events.js'
import { checkOutcomes, withSameEvents } from './check-outcomes.js'
import { checkReplay, checkTopics } from './check-read-models.js'
import { drawFaults, FAULTS, type FaultName } from './faults.js'
import { openFaultyLedger, until, type FaultyLedger } from './faulty-ledger.js'
import { Load } from './load.js'

export interface FaultsOptions {
  readonly rounds: number
  readonly seed: number
  /** Statements; with what amends them and the registry it is about half as many events again. */
  readonly statements: number
  /** After how many rounds a replay from the journal is compared, beside the end. */
  readonly replayEvery: number
  /** Aborted to stop in the middle: the call throws then, once nothing that it started runs any more. */
  readonly signal: AbortSignal
  /** Told which round comes next, from 1 on. */
  began?(round: number): void
  /** Told what comes next. */
  say(sentence: string): void
  /** What was checked, and what was wrong with it: nothing, if all is well. */
  checked(what: string, wrong: readonly string[]): void
}

/**
 * Some thousand statements an actor, as a ledger has them, and a small world for few. With 12 actors for all of 200,000 every
 * merge of two of them folds a sixth of the ledger again, and a run of a thousand merges takes hours.
 */
const worldFor = (statements: number): World => ({
  actors: Math.max(12, Math.round(statements / 1_000)),
  dossiers: Math.max(24, Math.round(statements / 4_000)),
  mattersPerDossier: 5,
})

/** Rounds of load, in each of which one thing goes wrong at a moment that the seed says; then all of it is compared. */
export const runFaults = async (options: FaultsOptions): Promise<void> => {
  const random = randomBy(options.seed)
  const events = amendedEvents(worldFor(options.statements), { count: options.statements, seed: options.seed })
  await using ledger = await openFaultyLedger(options.signal)
  await using publisher = await openPublisher(ledger.kafka)
  const load = new Load(publisher, events, options.signal)
  for (const [index, name] of drawFaults(options.rounds, random).entries()) {
    options.began?.(index + 1)
    const before = load.acknowledged.length
    const end = Math.floor((events.length * (index + 1)) / options.rounds)
    const what = await runRound(ledger, load, { name, end, random }, (moment) =>
      options.say(`round ${index + 1} of ${options.rounds}, seed ${options.seed}: ${moment}`),
    )
    const ofRound = withSameEvents(load.acknowledged, before)
    options.checked(`outcomes after ${what}`, await checkOutcomes(ledger, ofRound))
    const isDue = (index + 1) % options.replayEvery === 0 && index + 1 < options.rounds
    if (!isDue) continue
    options.checked('all outcomes so far', await checkOutcomes(ledger, load.acknowledged))
    options.checked('a replay in between', await checkReplay(ledger, 'journal'))
  }
  options.say(`${load.acknowledged.length} records were acknowledged; the topics are read, and the replays run.`)
  options.checked('all outcomes', await checkOutcomes(ledger, load.acknowledged))
  options.checked('the derived topics', await checkTopics(ledger))
  for (const check of ['killed', 'journal', 'kafka'] as const)
    options.checked(`replay: ${check}`, await checkReplay(ledger, check))
}

interface Round {
  readonly name: FaultName
  /** Up to which event this round publishes. */
  readonly end: number
  readonly random: () => number
}

/** @returns what went wrong, and when */
const runRound = async (
  ledger: FaultyLedger,
  load: Load,
  { name, end, random }: Round,
  say: (moment: string) => void,
): Promise<string> => {
  const [from, projectedBefore] = [load.published, await ledger.projectedRecords()]
  // by the end of it some must be left for who takes over
  const due = Math.max(1, Math.floor((end - from) * (0.1 + 0.6 * random())))
  const by = random() < 0.5 ? 'published' : 'projected'
  const what = `${name}, once ${due} of ${end - from} events are ${by}`
  say(what)
  const publishing = load.publishUpTo(end)
  publishing.catch(() => undefined) // waited for below
  await until(
    async () =>
      (by === 'published' ? load.published - from : (await ledger.projectedRecords()) - projectedBefore) >= due,
    `${due} events are ${by}`,
    ledger.signal,
  )
  ledger.signal.throwIfAborted()
  const fault = FAULTS[name]
  await fault(ledger, load, random)
  await publishing
  await ledger.untilQuiet()
  return what
}
