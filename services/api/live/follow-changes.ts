import { setTimeout } from 'node:timers/promises'
import { DerivedEvent, type Announced } from '#libs/contracts/derived-events.js'
import { connectKafka, type KafkaConnection, type KafkaLog } from '#libs/kafka/connect-kafka.js'
import type { KafkaConfig } from '#libs/kafka/config.js'
import { followTopics, type TopicFollower } from '#libs/kafka/follow-topics.js'
import type { KafkaRecord } from '#libs/kafka/records.js'
import { feedEntryOf, type FeedEntry } from './feed-entry.js'

export interface ChangesFollowerOptions {
  readonly kafka: KafkaConfig
  readonly log: KafkaLog
  /** How many of the last records of the topic to begin with. */
  readonly tailRecords: number
  /** Takes entries in the order of the topic; the next ones come when it is done. Must not throw. */
  onEntries(entries: readonly FeedEntry[]): Promise<void>
  /** All that was on the topic has been handed over. Must not throw. */
  onCaughtUp(): Promise<void>
}

const RETRY_MS = 1_000
const CATCH_UP_MS_MAX = 30_000

/** Follows the topic of changes for as long as it is open, whether Kafka is there or not, from the tail of the topic on. */
export class ChangesFollower implements AsyncDisposable {
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #follower: TopicFollower | undefined

  constructor(readonly options: ChangesFollowerOptions) {
    this.#running = this.#run()
  }

  /** Whether what comes to the topic is heard of. */
  get follows(): boolean {
    return this.#follower?.following() ?? false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let saidAtMs = -Infinity
    while (!signal.aborted) {
      try {
        await this.#followOnce(signal)
      } catch (error) {
        // once a minute: Kafka may be away for long, and readers are told by 503
        if (performance.now() - saidAtMs > 60_000)
          this.options.log.warn({ err: error, retryMs: RETRY_MS }, 'The topic of changes cannot be followed.')
        saidAtMs = performance.now()
      }
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Ends when it is time to stop, or the topic does not continue where it was left. @throws what keeps it from following */
  async #followOnce(signal: AbortSignal): Promise<void> {
    const { kafka: config, log, tailRecords } = this.options
    await using kafka: KafkaConnection = await connectKafka(config, log)
    let gap: () => void = () => undefined
    const over = new Promise<void>((resolve) => {
      gap = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await using follower = await followTopics(kafka, {
      name: 'api',
      topics: [{ role: 'changes', from: { tailRecords } }],
      onBatch: ({ records }) => this.options.onEntries(records.flatMap((record) => entryOf(record) ?? [])),
      onGap: gap,
    })
    while (!signal.aborted && !(await follower.waitUntilCaughtUp(CATCH_UP_MS_MAX)))
      log.warn({ waitMs: CATCH_UP_MS_MAX }, 'The tail of the topic of changes takes long to read.')
    await this.options.onCaughtUp()
    if (signal.aborted) return
    this.#follower = follower
    await over
    this.#follower = undefined
  }
}

/** Nothing of a record that is not one of the relay's. What is, is passed on as it stands. */
const entryOf = ({ value }: KafkaRecord): FeedEntry | undefined => {
  const json = jsonOf(value)
  const parsed = DerivedEvent.safeParse(json)
  if (!parsed.success) return undefined
  const { type, time } = parsed.data
  const { data } = json as { data: Record<string, unknown> & { number: number } }
  const { number, ...subject } = data
  return feedEntryOf({ announcement: type.split('.')[2], ...subject } as unknown as Announced, { number, time })
}

const jsonOf = (value: Buffer | null): unknown => {
  try {
    return JSON.parse(String(value))
  } catch {
    return undefined
  }
}
