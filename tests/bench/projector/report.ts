import { growthOf, median, rateOf } from './rates.js'
import type { SubjectResult } from './rounds.js'

/** One line of the report: rates in events a second, of the rounds of one subject. */
export interface ReportLine {
  readonly name: string
  readonly title: string
  readonly events: number
  readonly rateMedian: number
  readonly rateMin: number
  readonly rateMax: number
  readonly residentBytesMax: number
  /** Cost of one of the last 100,000 events over one of the first, median; null where the run is too short. */
  readonly growth: number | null
}

const GROWTH_WINDOW = 100_000

export const linesOf = (results: readonly SubjectResult[]): ReportLine[] =>
  results.map(({ subject, measurements }) => {
    const rates = measurements.map(rateOf)
    const growths = measurements.map(({ progress }) => growthOf(progress, GROWTH_WINDOW)).filter((g) => g !== undefined)
    return {
      name: subject.name,
      title: subject.title,
      events: measurements[0]?.progress.at(-1)?.events ?? 0,
      rateMedian: median(rates),
      rateMin: Math.min(...rates),
      rateMax: Math.max(...rates),
      residentBytesMax: Math.max(...measurements.map((one) => one.residentBytesMax)),
      growth: growths.length === 0 ? null : median(growths),
    }
  })

/** The pipeline that ratios are taken of: the faster of its two layouts. */
export const baselineOf = (lines: readonly ReportLine[]): ReportLine | undefined =>
  lines.filter(({ name }) => name.startsWith('straight-line-')).toSorted((a, b) => b.rateMedian - a.rateMedian)[0]

/** A ratio that issue 5 asks for, and where to find its two sides. */
interface Target {
  readonly sentence: string
  readonly of: string
  /** A subject, or `baseline`. */
  readonly over: string
  readonly min: number
}

const TARGETS: readonly Target[] = [
  { sentence: 'live, one process, over the straight line', of: 'live-1', over: 'baseline', min: 0.8 },
  { sentence: 'live, two processes over one', of: 'live-2', over: 'live-1', min: 1.15 },
  { sentence: 'replay from the journal over the straight line', of: 'replay-journal', over: 'baseline', min: 1.5 },
  { sentence: 'replay from Kafka over the straight line', of: 'replay-kafka', over: 'baseline', min: 1.2 },
  { sentence: 'live, one process, over the tutorial consumer', of: 'live-1', over: 'tutorial', min: 8 },
]

/** The report as Markdown, as it goes into docs/benchmarks.md. */
export function renderReport(lines: readonly ReportLine[]): string {
  const baseline = baselineOf(lines)
  const table = [
    '| subject | events | events/s (median) | lowest to highest | of the straight line | resident, MB | last 100,000 / first |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lines.map((line) => tableRow(line, baseline)),
  ]
  return [...table, '', ...TARGETS.flatMap((target) => targetRow(target, lines, baseline))].join('\n')
}

function tableRow(line: ReportLine, baseline: ReportLine | undefined): string {
  const cells = [
    line.title,
    inThousands(line.events),
    inThousands(line.rateMedian),
    `${inThousands(line.rateMin)} to ${inThousands(line.rateMax)}`,
    baseline ? (line.rateMedian / baseline.rateMedian).toFixed(2) : '',
    String(Math.round(line.residentBytesMax / 1_000_000)),
    line.growth?.toFixed(2) ?? '',
  ]
  return `| ${cells.join(' | ')} |`
}

function targetRow(target: Target, lines: readonly ReportLine[], baseline: ReportLine | undefined): string[] {
  const find = (name: string) => (name === 'baseline' ? baseline : lines.find((line) => line.name === name))
  const [of, over] = [find(target.of), find(target.over)]
  if (!of || !over) return []
  const ratio = of.rateMedian / over.rateMedian
  return [
    `- ${target.sentence}: ${ratio.toFixed(2)} (${ratio >= target.min ? 'met' : 'not met'}: at least ${target.min})`,
  ]
}

const inThousands = (value: number): string => Math.round(value).toLocaleString('en-US')
