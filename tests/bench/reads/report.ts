import type { LongTrackFigures, Spread } from './long-track.js'
import { LIVE, type ShortTrackFigures } from './short-track.js'

/** What issue 4 asks for. */
const RATIO_MAX = 3
const P99_MS_MAX = 10

/** The report as Markdown, as it goes into docs/benchmarks.md. */
export const renderReport = (long: readonly LongTrackFigures[], short: readonly ShortTrackFigures[]): string =>
  [
    '| long track, asOf + knownAt | statements | read, ms: median, fastest | fold in memory, ms: median, fastest | ratio of medians, of fastest |',
    '|---|---:|---:|---:|---:|',
    ...long.map(({ title, statements, read, fold }) => {
      const cells = [title, statements, showSpread(read), showSpread(fold), ratios({ read, fold })]
      return `| ${cells.join(' | ')} |`
    }),
    '',
    '| short track | statements | reads | p50, ms | p99, ms |',
    '|---|---:|---:|---:|---:|',
    ...short.map(
      ({ title, statements, reads, p50, p99 }) =>
        `| ${title} | ${statements} | ${reads} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
    ),
    '',
    ...long.map(({ title, read, fold }) => {
      const met = verdict(read.median <= RATIO_MAX * fold.median)
      return `- long track, ${title}: ${(read.median / fold.median).toFixed(2)} times the fold (${met}: at most ${RATIO_MAX})`
    }),
    ...short
      .filter(({ title }) => title !== LIVE)
      .map(
        ({ title, p99 }) =>
          `- short track, ${title}: p99 ${p99.toFixed(1)} ms (${verdict(p99 <= P99_MS_MAX)}: at most ${P99_MS_MAX} ms)`,
      ),
  ].join('\n')

const showSpread = ({ median, fastest }: Spread): string => `${median.toFixed(1)}, ${fastest.toFixed(1)}`
const ratios = ({ read, fold }: Pick<LongTrackFigures, 'read' | 'fold'>): string =>
  `${(read.median / fold.median).toFixed(2)}, ${(read.fastest / fold.fastest).toFixed(2)}`
const verdict = (met: boolean): string => (met ? 'met' : 'not met')
