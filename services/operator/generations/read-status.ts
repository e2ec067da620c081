import { z } from 'zod'
import { SOURCE_TOPIC_ROLES, type SourceTopicRole } from '#libs/contracts/topics.js'
import { KAFKA_ENV, kafkaConfigOf } from '#libs/kafka/config.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { endOffsets } from '#libs/kafka/topics.js'
import type { Io } from '../command.js'
import { inLiveSnapshot, ledgerEnvironment } from '../ledger-database.js'
import {
  COUNT_BLOCKED,
  LIST_GENERATIONS,
  LIST_LIVE_CHECKPOINTS,
  LIST_STALE_TRACKS,
  OUTBOX_BACKLOG,
} from './generations.sql.js'

export interface LedgerStatus {
  readonly live: number
  readonly generations: readonly GenerationStatus[]
  readonly checkpoints: readonly CheckpointStatus[]
  /** Where the ends of the topics were asked for: Kafka, or what the projector noted of it last. */
  readonly endsFrom: 'kafka' | 'projector'
  /** Records that the live generation has not read; null where no end is known. */
  readonly lag: number | null
  readonly outbox: { readonly rows: number; readonly messages: number }
  readonly blocked: {
    readonly quarantined: number
    readonly pending: number
    readonly waiting: number
    readonly staleTracks: number
  }
  /** At most 50. */
  readonly staleTracks: readonly { readonly actor: string; readonly dossier: string; readonly code: string }[]
}

export interface GenerationStatus {
  readonly id: number
  readonly status: 'building' | 'live' | 'retired'
  readonly reducer: string
  readonly createdAt: Date
  readonly promotedAt: Date | null
  readonly exists: boolean
  readonly phase: string | null
  readonly source: string | null
  readonly records: number
}

export interface CheckpointStatus {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly nextOffset: number
  readonly recordedAt: Date | null
  readonly endOffset: number | null
}

/** All of it from one snapshot of Postgres; the ends of the topics from Kafka, where it answers. */
export const readStatus = async (io: Pick<Io, 'env' | 'err'>): Promise<LedgerStatus> => {
  const ends = await endsInKafka(io)
  return await inLiveSnapshot(io.env, async (client, live) => {
    const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows
    const checkpoints = (await rows<CheckpointStatus>(LIST_LIVE_CHECKPOINTS)).map((one) => ({
      ...one,
      endOffset: ends?.get(`${one.topic}/${one.partition}`) ?? one.endOffset,
    }))
    const [outbox] = await rows<LedgerStatus['outbox']>(OUTBOX_BACKLOG)
    const [blocked] = await rows<LedgerStatus['blocked']>(COUNT_BLOCKED)
    return {
      live: live.id,
      generations: await rows<GenerationStatus>(LIST_GENERATIONS),
      checkpoints,
      endsFrom: ends ? ('kafka' as const) : ('projector' as const),
      lag: lagOf(checkpoints),
      outbox: outbox ?? { rows: 0, messages: 0 },
      blocked: blocked ?? { quarantined: 0, pending: 0, waiting: 0, staleTracks: 0 },
      staleTracks: await rows<LedgerStatus['staleTracks'][number]>(LIST_STALE_TRACKS),
    }
  })
}

const lagOf = (checkpoints: readonly CheckpointStatus[]): number | null => {
  const known = checkpoints.flatMap(({ endOffset, nextOffset }) =>
    endOffset === null ? [] : [Math.max(0, endOffset - nextOffset)],
  )
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0)
}

/** Undefined where no Kafka is named or it does not answer: the projector's note is then the best there is. */
const endsInKafka = async ({ env, err }: Pick<Io, 'env' | 'err'>): Promise<Map<string, number> | undefined> => {
  const parsed = z.object(KAFKA_ENV).safeParse(ledgerEnvironment(env))
  if (!parsed.success) return undefined
  try {
    await using kafka = await connectKafka(kafkaConfigOf(parsed.data, 'ledger-status'))
    return new Map([...(await endOffsets(kafka, SOURCE_TOPIC_ROLES))].map(([key, end]) => [key, Number(end)]))
  } catch (error) {
    err(`Kafka does not tell where its topics end: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
