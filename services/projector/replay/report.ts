import { tableLines } from '#libs/terminal/table-lines.js'
import type { Comparison, RowCounts } from '#libs/generations/compare-generations.js'
import type { Difference } from '#libs/generations/difference.js'

/** Counts side by side, then how many tracks and rows differ. */
export const linesOfParity = ({ counts, tracks, differences, digest }: Comparison, a: number, b: number): string[] => {
  const names = Object.keys(counts.a) as (keyof RowCounts)[]
  const rows = [
    ['', `generation ${a}`, `generation ${b}`],
    ...names.map((name) => [labelOf(name), counts.a[name], counts.b[name]]),
  ]
  const differing = Object.entries(differences).filter(([, count]) => count > 0)
  return [
    ...tableLines(rows),
    `${tracks.equal} tracks are equal, ${tracks.differing} differ.`,
    ...(digest === null
      ? []
      : [`Differences: ${differing.map(([kind, count]) => `${count} ${kind}`).join(', ')}. Their digest: ${digest}`]),
  ]
}

/** The positions that differ, as a table. */
export const linesOfPositions = (differences: readonly Difference[], a: number, b: number): string[] => {
  const positions = differences.flatMap((one) => (one.kind === 'position' ? [one] : []))
  if (positions.length === 0) return []
  return tableLines([
    ['actor', 'matter', 'facet', `generation ${a}`, `generation ${b}`],
    ...positions.map(({ actor, matter, facet, a: inA, b: inB }) => [
      actor,
      matter,
      facet,
      inA ? `${inA.value} (${inA.statement})` : '-',
      inB ? `${inB.value} (${inB.statement})` : '-',
    ]),
  ])
}

const labelOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
