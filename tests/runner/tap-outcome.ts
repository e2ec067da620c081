import { Parser } from 'tap-parser'
import type { Result } from 'tap-parser'

/** Assertions of one TAP stream, counted at the leaves: a subtest is what it asserts, not one more. */
export interface TapCounts {
  passed: number
  failed: number
  /** Name and diagnostics of each failed assertion, in order. */
  failures: string[]
  /** The stream was whole and nothing in it failed. */
  ok: boolean
}

const FAILURES_SHOWN_MAX = 20

/** Reads TAP as it comes. `end()` closes the stream and answers; what came before a broken end still counts. */
export function tapReader(): { write(chunk: string): void; end(): TapCounts } {
  const counts: TapCounts = { passed: 0, failed: 0, failures: [], ok: false }
  const parser = new Parser((results) => (counts.ok = results.ok))
  follow(parser, counts, [])
  return {
    write: (chunk) => parser.write(chunk),
    end: () => {
      parser.end()
      return counts
    },
  }
}

function follow(parser: Parser, counts: TapCounts, path: readonly string[]): void {
  let closes: { passedBefore: number; failedBefore: number } | null = null
  parser.on('child', (child: Parser) => {
    closes = { passedBefore: counts.passed, failedBefore: counts.failed }
    follow(child, counts, [...path, child.name])
  })
  parser.on('assert', (result: Result) => {
    const closed = closes
    closes = null
    if (closed && repeats(result.ok, closed, counts)) return
    count(result, counts, path)
  })
}

/**
 * Whether the line that closes a subtest says only what the subtest said. Not if it failed for a reason of its own (its
 * plan, a time limit), nor if nothing was asserted in it: a property that holds throws nothing and says nothing.
 */
const repeats = (ok: boolean, before: { passedBefore: number; failedBefore: number }, now: TapCounts): boolean =>
  ok ? now.passed + now.failed > before.passedBefore + before.failedBefore : now.failed > before.failedBefore

function count(result: Result, counts: TapCounts, path: readonly string[]): void {
  if (result.ok || result.todo || result.skip) {
    counts.passed++
    return
  }
  counts.failed++
  if (counts.failures.length >= FAILURES_SHOWN_MAX) return
  const diagnostics =
    result.diag === null ? '' : `\n${JSON.stringify(result.diag, null, 2).replaceAll('\\n', '\n      ')}`
  counts.failures.push(`not ok: ${[...path, result.name].join(' > ')}${diagnostics}`)
}
