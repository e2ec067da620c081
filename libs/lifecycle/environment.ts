import type { z } from 'zod'

/** A process was started with settings that do not hold. The message names every one of them and its rule. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'CONFIG_INVALID'
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      `CONFIG_INVALID: ${faults.length === 1 ? 'this setting does' : 'these settings do'} not hold.\n  ${faults.join('\n  ')}`,
    )
    this.faults = faults
  }
}

/**
 * Reads a process's settings from its environment, once, at the edge. An empty variable counts as not set.
 * @throws ConfigError that lists every fault at once; values are not repeated, since some of them are secrets
 */
export function parseEnvironment<S extends z.ZodType>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'settings'}: ${ruleOf(issue)}`),
  )
}

const ruleOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('undefined')
    ? 'is not set'
    : issue.message
