import { setTimeout as pause } from 'node:timers/promises'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { openTransactionalProducer, type TransactionalProducer } from '#libs/kafka/transactional-producer.js'
import { closeInReverse, type Resources } from '#libs/lifecycle/close-in-reverse.js'
import { connect } from '#libs/postgres/database.js'
import type pg from 'pg'
import type { RelayConfig } from './config.js'
import { DELETE_OLD_POSITIONS, PREPARE_SESSION, READ_BACKLOG, TRY_TO_LEAD } from './outbox.sql.js'
import { OutboxRows, type NumberedRow } from './outbox-rows.js'
import { recordsOf } from './records.js'
import { isOnTopics, readTopicEnds, takeOver, type TakenOver, type TopicEnds } from './take-over.js'
import { Wake } from './wake.js'

export interface Backlog {
  /** Both are counted up to 10,000 rows. */
  readonly rows: number
  readonly messages: number
  readonly oldestMs: number
}

/** What happens while relaying, for the log and the metrics. */
export interface RelayEvents {
  leads(found: TakenOver): void
  /** A transaction was committed. */
  published(topics: Readonly<Record<NumberedRow['topic'], number>>, elapsedMs: number): void
  backlog(backlog: Backlog): void
  /** Leading ended, or could not begin; it is tried again. */
  failed(error: unknown): void
  /** It is in another state than before. */
  entered(state: RelayState): void
}

export type RelayState = 'starting' | 'standing by' | 'leading' | 'failing'

/** How a relay is, whichever thread it runs on. */
export interface RelayStatus {
  readonly state: RelayState
  /** What waited when the leader last looked, about every two seconds; undefined while this relay does not lead. */
  readonly backlog: Backlog | undefined
}

const POLL_MS = 250
const STAND_BY_MS = 500
const BACK_OFF_MS = { first: 200, max: 3_000 }
const BACKLOG_EVERY_MS = 2_000
const DELETE_EVERY_MS = 1_000
const DELETED_AT_ONCE = 50
const GIVE_WAY_MS = 500
/** While projecting is busy, the relay rests three times as long as it works: a quarter of one core at most. */
const REST_PER_WORK = 3
const REST_MS_MAX = 1_000

/** Publishes the outbox for as long as no other relay does, until it is closed. */
export class Relay implements RelayStatus, AsyncDisposable {
  #state: RelayState = 'starting'
  #backlog: Backlog | undefined
  readonly #stopping = new AbortController()
  readonly #wake = new Wake()
  #running: Promise<void> | undefined
  #giveWayUntilMs = 0

  constructor(
    readonly config: RelayConfig,
    readonly kafka: KafkaConnection,
    readonly events: RelayEvents,
  ) {}

  start(): void {
    this.#running ??= this.#run()
  }

  get state(): RelayState {
    return this.#state
  }

  get backlog(): Backlog | undefined {
    return this.#state === 'leading' ? this.#backlog : undefined
  }

  /** Asks to leave the processor to something more urgent for half a second. */
  giveWay(): void {
    this.#giveWayUntilMs = performance.now() + GIVE_WAY_MS
  }

  /** Finishes the transaction under way and lets another lead. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    this.#wake.now()
    await this.#running
  }

  #enter(state: RelayState): void {
    if (this.#state === state) return
    this.#state = state
    this.events.entered(state)
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    let backOffMs = BACK_OFF_MS.first
    while (!this.#stopped) {
      try {
        await using resources = closeInReverse()
        await this.#leadOnce(resources, () => (backOffMs = BACK_OFF_MS.first))
      } catch (error) {
        this.#enter('failing')
        this.events.failed(error)
        await this.#rest(backOffMs)
        backOffMs = Math.min(2 * backOffMs, BACK_OFF_MS.max)
      }
    }
  }

  /** Waits for its turn, leads until something fails or it is closed. Whatever failed, the next turn begins from nothing. */
  async #leadOnce(resources: Resources, onTurn: () => void): Promise<void> {
    const client = await this.#openSession(resources)
    while (!(await hasTurn(client))) {
      this.#enter('standing by')
      await this.#rest(STAND_BY_MS)
      if (this.#stopped) return
    }
    const { transactionalId } = this.config
    const producer = await openTransactionalProducer(this.kafka, { transactionalId, roles: ['positions', 'changes'] })
    resources.add(producer, { name: 'The producer', closeMsMax: 2_000 })
    const ends = await readTopicEnds(this.kafka)
    const found = await takeOver(client, ends)
    this.#enter('leading')
    onTurn()
    this.events.leads(found)
    await this.#relay(client, producer, ends)
  }

  /** One session for the lock and for every query: where it is lost, the lock is, and no query comes through. */
  async #openSession(resources: Resources): Promise<pg.Client> {
    const client = await connect(this.config.database, {
      applicationName: 'statement-ledger relay',
      onIdleError: (error) => this.events.failed(error),
    })
    resources.add(client, { name: 'The session', closeMsMax: 2_000 })
    client.on('notification', () => this.#wake.now())
    await client.query(PREPARE_SESSION)
    return client
  }

  async #relay(client: pg.Client, producer: TransactionalProducer, ends: TopicEnds): Promise<void> {
    const outbox = new OutboxRows(client, this.config)
    const upkeep = new Upkeep(client, this.config, (backlog) => this.events.backlog((this.#backlog = backlog)))
    let rows = await outbox.take()
    while (!this.#stopped) {
      const startMs = performance.now()
      await upkeep.whenDue()
      if (rows.length === 0) {
        await this.#wake.within(POLL_MS)
        rows = await outbox.take()
        continue
      }
      // numbered while Kafka works on these; if that fails, the next leader begins with them
      const following = outbox.mayHoldMore(rows) ? outbox.take() : Promise.resolve([])
      following.catch(() => undefined)
      await this.#publish(outbox, producer, rows, ends)
      rows = await following
      if (rows.length === 0) await this.#rest(this.config.gatherMs - (performance.now() - startMs))
      if (performance.now() < this.#giveWayUntilMs)
        await this.#rest(Math.min(REST_PER_WORK * (performance.now() - startMs), REST_MS_MAX))
    }
  }

  async #publish(
    outbox: OutboxRows,
    producer: TransactionalProducer,
    rows: readonly NumberedRow[],
    ends: TopicEnds,
  ): Promise<void> {
    const startMs = performance.now()
    const topics = { positions: 0, changes: 0 }
    const records = rows.flatMap((row) => {
      const ofRow = recordsOf(row, rows[0]?.sequence ?? row.sequence)
      const missing = ofRow.filter((record) => !isOnTopics(ends, record, row.sequence))
      topics[row.topic] += missing.length
      return missing
    })
    if (records.length > 0) await producer.publish(records)
    await outbox.markPublished(rows)
    this.events.published(topics, performance.now() - startMs)
  }

  #rest(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve()
    return pause(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}

const hasTurn = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ leads: boolean }>(TRY_TO_LEAD)
  return rows[0]?.leads ?? false
}

/** What a leader does beside publishing: it looks how much waits, and deletes what nobody reads again, a little at a time. */
class Upkeep {
  #backlogAtMs = -Infinity
  #deletedAtMs = -Infinity

  constructor(
    readonly client: pg.Client,
    readonly config: RelayConfig,
    readonly onBacklog: (backlog: Backlog) => void,
  ) {}

  async whenDue(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#backlogAtMs >= BACKLOG_EVERY_MS) {
      this.#backlogAtMs = nowMs
      const { rows } = await this.client.query<Backlog>(READ_BACKLOG)
      if (rows[0]) this.onBacklog(rows[0])
    }
    if (this.config.positionsKeptHours > 0 && nowMs - this.#deletedAtMs >= DELETE_EVERY_MS) {
      this.#deletedAtMs = nowMs
      await this.client.query(DELETE_OLD_POSITIONS, [this.config.positionsKeptHours, DELETED_AT_ONCE])
    }
  }
}
