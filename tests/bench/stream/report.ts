import type { Latencies } from './latencies.js'

/** What issue 6 asks for. */
const DELIVERIES_PER_SECOND_MIN = 300_000
const P99_MS_MAX = 100
/** Of the last third of the run against the first: more is no longer flat. */
const GROWTH_MAX = 1.1

export interface StreamFigures {
  readonly subscribers: number
  readonly rate: number
  readonly seconds: number
  /** From before its transaction was begun. */
  readonly sinceHanded: Latencies
  /** From when Kafka had confirmed it, so that a reader of the topic can have it. */
  readonly sinceConfirmed: Latencies
  /** From when the first of all subscribers had it. */
  readonly sinceFirst: Latencies
  readonly bytes: number
  /** Streams that broke, and numbers that did not follow. */
  readonly lost: number
  /** Resident memory of the server, second by second. */
  readonly residentBytes: readonly number[]
}

/** The report as Markdown, as it goes into docs/benchmarks.md. */
export const renderReport = (figures: StreamFigures): string => {
  const { subscribers, rate, seconds, sinceConfirmed, bytes, lost, residentBytes } = figures
  const deliveries = sinceConfirmed.total / seconds
  const p99 = sinceConfirmed.quantileMs(0.99)
  const growth = growthOf(residentBytes)
  const cells = [subscribers, rate, Math.round(deliveries).toLocaleString('en'), Math.round(bytes / seconds / 1e6)]
  return [
    '| subscribers | changes/s | deliveries/s | MB/s | resident, MB: first third, last third | lost |',
    '|---:|---:|---:|---:|---:|---:|',
    `| ${cells.join(' | ')} | ${megabytes(growth.first)}, ${megabytes(growth.last)} | ${lost} |`,
    '',
    '| latency | p50, ms | p99, ms | longest, ms |',
    '|---|---:|---:|---:|',
    latencyRow('since Kafka was handed the change', figures.sinceHanded),
    latencyRow('since Kafka confirmed its transaction', sinceConfirmed),
    latencyRow('since the first of all subscribers had it', figures.sinceFirst),
    '',
    `- ${verdict(deliveries >= DELIVERIES_PER_SECOND_MIN)}: at least ${DELIVERIES_PER_SECOND_MIN.toLocaleString('en')} deliveries/s`,
    `- ${verdict(p99 < P99_MS_MAX)}: p99 below ${P99_MS_MAX} ms since Kafka confirmed it`,
    `- ${verdict(growth.last <= GROWTH_MAX * growth.first)}: memory flat`,
  ].join('\n')
}

const latencyRow = (title: string, latencies: Latencies): string =>
  `| ${title} | ${[0.5, 0.99, 1].map((share) => latencies.quantileMs(share)).join(' | ')} |`

/** Averages, since what has not been collected yet goes up and down. */
export const growthOf = (samples: readonly number[]): { first: number; last: number } => {
  const third = Math.max(1, Math.floor(samples.length / 3))
  return { first: average(samples.slice(0, third)), last: average(samples.slice(-third)) }
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
const verdict = (met: boolean): string => (met ? 'met' : 'not met')
