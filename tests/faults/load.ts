import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { topicOfType, type EventOf, type EventType } from '#libs/contracts/events.js'
import type { Publisher } from '#libs/kafka/publisher.js'
import type { RecordPlace } from '#libs/kafka/records.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { untilDone } from './faulty-ledger.js'

/** Where a record of an event stands, as Kafka acknowledged it. */
export interface Acknowledged {
  readonly event: string
  readonly place: RecordPlace
}

const AT_ONCE = 40

/** Events that are published in their order, each again until it is acknowledged, so that some stand there twice. */
export class Load {
  readonly acknowledged: Acknowledged[] = []
  #published = 0

  constructor(
    readonly publisher: Publisher,
    readonly events: readonly EventOf<EventType>[],
    readonly signal: AbortSignal,
  ) {}

  /** How many of the events are acknowledged. */
  get published(): number {
    return this.#published
  }

  /** Publishes the events up to this one, a few at once with a pause after them, so that what reads them keeps up. */
  async publishUpTo(end: number): Promise<void> {
    while (this.#published < end) {
      const some = this.events.slice(this.#published, Math.min(this.#published + AT_ONCE, end))
      await this.#publish(some)
      this.#published += some.length
      await sleep(2, undefined, { signal: this.signal })
    }
  }

  /** Publishes some that were published before once more, as a producer does that missed an acknowledgement. */
  async publishAgain(from: number, count: number): Promise<void> {
    await this.#publish(this.events.slice(from, Math.min(from + count, this.#published)))
  }

  async #publish(events: readonly EventOf<EventType>[]): Promise<void> {
    const acknowledged = events.map(async (one) => {
      const record = {
        topicRole: topicOfType(one.type) ?? 'statements',
        key: one.partitionkey,
        value: encodeEvent(one as never),
      }
      const place = await untilDone(() => this.publisher.publish(record), this.signal)
      this.acknowledged.push({ event: one.id, place })
    })
    await Promise.all(acknowledged)
  }
}
