import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { isRegistryEvent, topicOfType, type EventType, type LedgerEvent } from '#libs/contracts/events.js'
import { ledgerAfter, type CoveredPlace } from '#libs/contracts/ledger-after.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import { ProblemWithEvent } from '#libs/http/error-handling.js'
import { KafkaError } from '#libs/kafka/errors.js'
import type { Publisher } from '#libs/kafka/publisher.js'
import type { RecordPlace } from '#libs/kafka/records.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import type { Registry } from '#libs/ledger/registry.js'
import { copyRegistry } from '../record/copy-registry.js'
import type { FollowedRecord } from '../record/followed-record.js'
import { BatchIds } from './batch-ids.js'
import { PendingEvents, type Written } from './pending-events.js'
import { checkAndEncode, identify, type IdentifiedWrite, type Write } from './prepare-write.js'
import { Turns } from './turns.js'

/** How long a write of the registry waits until this process has read it back, so that the next one can refer to it. */
const READ_BACK_MS_MAX = 2_000
/** Checking a write takes about 0.2 ms; others shall have their turn during a long batch. */
const CHECKED_AT_ONCE_MAX = 50

/** What became of one write of several. */
export type WriteResult = { readonly written: Written } | { readonly error: LedgerError }

/**
 * Checks writes and publishes them.
 *
 * Writes of the registry take turns, and each is read back before the next is checked: so two of them never claim the
 * same id, and what is checked against is always what is on the record. Writes of statements and reports run side by side.
 */
export class Writer {
  readonly #record: FollowedRecord
  readonly #publisher: Publisher
  readonly #pending: PendingEvents
  readonly #registryTurns = new Turns({ waitersMax: 200, waitMsMax: 10_000 })

  constructor(record: FollowedRecord, publisher: Publisher) {
    this.#record = record
    this.#publisher = publisher
    this.#pending = new PendingEvents(record)
  }

  /**
   * One write. Returns once it is on the record.
   * @throws LedgerError what is wrong with it; PUBLISH_FAILED with the event's id, or OVERLOADED, if it was not confirmed
   */
  async write(write: Write): Promise<Written> {
    this.#refuseUnlessSound()
    if (topicOf(write.type) !== 'registry') return this.#start(write, this.#record.registry)
    return this.#registryTurns.take(async () => {
      const written = await this.#start(write, this.#record.registry)
      await this.#readBack(written.place)
      return written
    })
  }

  /**
   * Several writes, published in bulk. Each is checked as if those before it were on the record, so a statement may
   * follow the actors that it names. Results are in the order of the writes; one that fails does not stop the others.
   */
  async writeAll(writes: readonly Write[]): Promise<WriteResult[]> {
    this.#refuseUnlessSound()
    const forRegistry = writes.some(({ type }) => topicOf(type) === 'registry')
    return forRegistry ? this.#registryTurns.take(() => this.#writeMixed(writes)) : this.#writeBeside(writes)
  }

  /** The token that a read needs to see these writes, and the registry that they were checked against. */
  tokenOf(places: readonly (RecordPlace | null)[]): string {
    const covered = [...places, this.#record.registryPlace()].filter((place) => place !== null)
    return ledgerAfter(covered as CoveredPlace[])
  }

  /** Runs work on the registry while no other write of it is under way. @see write */
  inRegistryTurn<T>(work: (writeNow: (write: Write) => Promise<Written>) => Promise<T>): Promise<T> {
    this.#refuseUnlessSound()
    return this.#registryTurns.take(() =>
      work(async (write) => {
        const written = await this.#start(write, this.#record.registry)
        await this.#readBack(written.place)
        return written
      }),
    )
  }

  #start(write: Write, registry: Registry): Promise<Written> {
    const identified = identify(write, registry, new Date())
    return (
      this.#pending.find(identified) ?? this.#publish(identified, checkAndEncode(identified, registry, this.#pending))
    )
  }

  /** First the registry, on a copy that is ahead of the record by this batch; what refers to it only once it is there. */
  async #writeMixed(writes: readonly Write[]): Promise<WriteResult[]> {
    const ahead = copyRegistry(this.#record.registry)
    const checked = await this.#checkAll(writes, ahead)
    const registryResults = await settleAll(checked.map((one) => (one.forRegistry ? one.publish() : undefined)))
    const places = registryResults.map((result) => (result && 'written' in result ? result.written.place : null))
    await this.#readBack(places.filter((place) => place !== null).at(-1) ?? null)
    const lost = registryResults.find((result, i) => result && 'error' in result && checked[i]?.sound)
    const otherResults = await settleAll(
      checked.map((one) => (one.forRegistry ? undefined : lost ? notSentAfter(lost) : one.publish())),
    )
    return checked.map((_, i) => registryResults[i] ?? otherResults[i] ?? unreachable())
  }

  async #writeBeside(writes: readonly Write[]): Promise<WriteResult[]> {
    const checked = await this.#checkAll(writes, this.#record.registry)
    const results = await settleAll(checked.map((one) => one.publish()))
    return results.map((result) => result ?? unreachable())
  }

  async #checkAll(writes: readonly Write[], registry: Registry): Promise<CheckedWrite[]> {
    const checked: CheckedWrite[] = []
    const batch = { pending: new PendingEvents(this.#record), ids: new BatchIds(this.#pending) }
    for (const write of writes) {
      if (checked.length % CHECKED_AT_ONCE_MAX === CHECKED_AT_ONCE_MAX - 1)
        await new Promise((resolve) => setImmediate(resolve))
      checked.push(this.#check(write, registry, batch))
    }
    return checked
  }

  /** Checks one write of a batch, and lets the registry that the next ones are checked against have it already. */
  #check(write: Write, registry: Registry, batch: Batch): CheckedWrite {
    const forRegistry = topicOf(write.type) === 'registry'
    try {
      const identified = identify(write, registry, new Date())
      const before = this.#pending.find(identified) ?? batch.pending.find(identified)
      if (before) return { forRegistry, sound: true, publish: () => before }
      const value = checkAndEncode(identified, registry, batch.ids)
      batch.ids.add(identified.event)
      let resolve!: (written: Promise<Written>) => void
      batch.pending.add(identified, new Promise<Written>((settle) => (resolve = settle)))
      if (isRegistryEvent(identified.event))
        evolveRegistry(registry, identified.event, identified.event.time, identified.payloadHash)
      const publish = () => {
        const written = this.#publish(identified, value)
        resolve(written)
        return written
      }
      return { forRegistry, sound: true, publish }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      return { forRegistry, sound: false, publish: () => Promise.reject(error) }
    }
  }

  #publish(identified: IdentifiedWrite, value: string): Promise<Written> {
    const written = this.#send(identified, value)
    this.#pending.add(identified, written)
    return written
  }

  async #send({ event, payloadHash }: IdentifiedWrite, value: string): Promise<Written> {
    const topicRole = topicOf(event.type)
    try {
      const place = await this.#publisher.publish({ topicRole, key: event.partitionkey, value, headers: HEADERS })
      if (topicRole !== 'registry') this.#record.recent.published(event, payloadHash, place)
      return { event: event.id, subject: event.subject, place }
    } catch (error) {
      throw publishProblem(event, error)
    }
  }

  async #readBack(place: RecordPlace | null): Promise<void> {
    if (place?.topicRole === 'registry') await this.#record.waitFor(place, READ_BACK_MS_MAX)
  }

  /** After a topic was truncated or made anew, what we hold of it is not the record: nothing can be checked against it. */
  #refuseUnlessSound(): void {
    const gap = this.#record.gap()
    if (gap)
      throw new LedgerError('NOT_READY', { detail: `The topic of ${gap.topicRole} is not the one that was read.` })
  }
}

/** What the lines of a batch that were checked so far have to say to the next. */
interface Batch {
  readonly pending: PendingEvents
  readonly ids: BatchIds
}

interface CheckedWrite {
  readonly forRegistry: boolean
  /** Whether it may be published; else `publish` only says what is wrong with it. */
  readonly sound: boolean
  publish(): Promise<Written>
}

const HEADERS = { 'content-type': CONTENT_TYPE }

function topicOf(type: EventType): SourceTopicRole {
  const topic = topicOfType(type)
  if (!topic) throw new Error(`${type} belongs on no topic`)
  return topic
}

const settleAll = (promises: readonly (Promise<Written> | undefined)[]): Promise<(WriteResult | undefined)[]> =>
  Promise.all(promises.map(async (promise) => (promise === undefined ? undefined : settled(promise))))

async function settled(promise: Promise<Written>): Promise<WriteResult> {
  try {
    return { written: await promise }
  } catch (error) {
    if (error instanceof LedgerError) return { error }
    throw error
  }
}

const notSentAfter = (lost: WriteResult): Promise<never> =>
  Promise.reject(
    new LedgerError('PUBLISH_FAILED', {
      detail: 'It was not sent, since a line of the registry before it was not confirmed. Send the batch again.',
      retryAfterSeconds: 'error' in lost ? (lost.error.retryAfterSeconds ?? 2) : 2,
    }),
  )

function publishProblem(event: LedgerEvent, cause: unknown): LedgerError {
  if (!(cause instanceof KafkaError)) throw cause
  if (cause.code === 'PUBLISH_REFUSED') return new LedgerError('OVERLOADED', { retryAfterSeconds: 2, cause })
  return new ProblemWithEvent(event.id, 'PUBLISH_FAILED', {
    detail:
      cause.code === 'PUBLISH_NOT_SENT'
        ? `Kafka takes no records at the moment; event ${event.id} was not sent.`
        : `Kafka did not confirm event ${event.id} in time. It may have been published.`,
    retryAfterSeconds: 5,
    cause,
  })
}

function unreachable(): never {
  throw new Error('a write has neither result')
}
