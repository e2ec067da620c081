import { median } from '../projector/rates.js'
import type { SubjectResult } from './rounds.js'

/** One line of the report, of the rounds of one subject. */
export interface ReportLine {
  readonly name: string
  readonly title: string
  readonly rateMedian: number
  readonly rateMin: number
  readonly rateMax: number
  /** Processor time of the server a request, median. */
  readonly cpuMicroseconds: number
  readonly p99Ms: number
}

export const linesOf = (results: readonly SubjectResult[]): ReportLine[] =>
  results.map(({ subject, loads }) => {
    const rates = loads.map(({ requestsPerSecond }) => requestsPerSecond)
    return {
      name: subject.name,
      title: subject.title,
      rateMedian: median(rates),
      rateMin: Math.min(...rates),
      rateMax: Math.max(...rates),
      cpuMicroseconds: median(loads.map(({ cpuMicroseconds }) => cpuMicroseconds)),
      p99Ms: median(loads.map(({ p99Ms }) => p99Ms)),
    }
  })

/** A ratio of rates that issue 6 asks for. */
interface Target {
  readonly sentence: string
  readonly of: string
  readonly over: string
  readonly min: number
}

const TARGETS: readonly Target[] = [
  { sentence: 'one position over bare', of: 'position', over: 'bare', min: 0.3 },
  { sentence: 'one position over Go', of: 'position', over: 'go', min: 1 },
  { sentence: '304 over bare', of: 'not-modified', over: 'bare', min: 0.3 },
  { sentence: 'a page of positions over bare', of: 'position-page', over: 'bare', min: 0.06 },
  { sentence: 'a page of changes over bare', of: 'change-page', over: 'bare', min: 0.06 },
  { sentence: 'a page of positions over json_agg', of: 'position-page', over: 'json-agg-position-page', min: 3 },
  { sentence: 'a page of changes over json_agg', of: 'change-page', over: 'json-agg-change-page', min: 3 },
]

/** The report as Markdown, as it goes into docs/benchmarks.md. */
export function renderReport(lines: readonly ReportLine[]): string {
  const bare = lines.find(({ name }) => name === 'bare')
  return [
    '| subject | requests/s (median) | lowest to highest | of bare | processor of the server, µs a request | p99, ms |',
    '|---|---:|---:|---:|---:|---:|',
    ...lines.map((line) => tableRow(line, bare)),
    '',
    '| asked for | seen | by processor time |',
    '|---|---|---:|',
    ...TARGETS.flatMap((target) => targetRow(target, lines)),
  ].join('\n')
}

function tableRow(line: ReportLine, bare: ReportLine | undefined): string {
  const cells = [
    line.title,
    inThousands(line.rateMedian),
    `${inThousands(line.rateMin)} to ${inThousands(line.rateMax)}`,
    bare ? (line.rateMedian / bare.rateMedian).toFixed(2) : '',
    line.cpuMicroseconds.toFixed(1),
    line.p99Ms.toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}

/** The ratio by processor time is what the one of rates would be if nothing but the server's core were short. */
function targetRow({ sentence, of, over, min }: Target, lines: readonly ReportLine[]): string[] {
  const [ours, theirs] = [of, over].map((name) => lines.find((line) => line.name === name))
  if (!ours || !theirs) return []
  const ratio = ours.rateMedian / theirs.rateMedian
  const verdict = ratio >= min ? 'met' : 'not met'
  const byCpu = theirs.cpuMicroseconds / ours.cpuMicroseconds
  return [`| ${sentence} ≥ ${min} | ${ratio.toFixed(2)}, ${verdict} | ${byCpu.toFixed(2)} |`]
}

const inThousands = (value: number): string => Math.round(value).toLocaleString('en-US')
