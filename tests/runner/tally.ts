/** What a file of tests, or a check such as lint, came to. `failed` counts assertions, and one for a file that died. */
export interface Outcome {
  name: string
  passed: number
  failed: number
  seconds: number
  /** What a reader needs to see when something failed; empty when nothing did. */
  report: string
}

/** The closing line and the exit code. No test at all is a failure: a wrong path must not look like success. */
export function tally(outcomes: readonly Outcome[]): { line: string; exitCode: 0 | 1 } {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  const counted = passed + failed > 0 ? failed : 1
  return { line: `${passed} passed, ${counted} failed`, exitCode: counted === 0 ? 0 : 1 }
}

/** One line an outcome, and the report of what failed. */
export function describe(outcome: Outcome): string {
  const counts =
    outcome.failed === 0 ? `${outcome.passed} passed` : `${outcome.passed} passed, ${outcome.failed} FAILED`
  const line = `${outcome.failed === 0 ? '✔' : '✖'} ${outcome.name}  ${counts}  ${outcome.seconds.toFixed(1)} s`
  return outcome.failed === 0 ? line : `${line}\n${outcome.report.replaceAll(/^/gm, '    ')}`
}
