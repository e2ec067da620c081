import { LedgerError, type ErrorCode } from '#libs/contracts/error-codes.js'
import { z } from 'zod'
import type { Freshness } from '../answers.js'

/** The three clocks of a read (docs/design.md 4); a clock that is absent is not limited. */
export interface ReadClocks {
  /** UTC day: only what was said by then. */
  readonly asOf?: string
  /** UTC day: only evidence that was published by then. */
  readonly publicAt?: string
  /** ISO instant in UTC, to the millisecond: only what was recorded by then. */
  readonly knownAt?: string
  /** The reducer that a citation names: another one's result is not given in its place. */
  readonly reducer?: string
}

const clock = (description: string, example: string) =>
  z
    .string()
    .max(40)
    .optional()
    .meta({ description, examples: [example] })

/** Query parameters of every read that has clocks. */
export const clockParameters = {
  asOf: clock('Day: only what was said by the end of it; what may have been is listed as `possible`', '2022-11-28'),
  publicAt: clock('Day: only reports published by the end of it, as a reader of that day knew', '2022-10-21'),
  knownAt: clock(
    'Instant: only what this ledger had recorded by then. Needs an actor, a dossier or a matter',
    '2024-01-01T00:00:00Z',
  ),
  reducer: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'As a citation names it: 409 where this ledger folds by another one now' }),
}

/** What else a read with clocks can answer. */
export const CLOCK_ERRORS = [
  'CLOCK_INVALID',
  'CLOCK_FUTURE',
  'CLOCK_NEEDS_FILTER',
  'KNOWN_AT_BEHIND',
  'REDUCER_CHANGED',
  'RESULT_TOO_LARGE',
  'SUPPRESSED',
] as const satisfies readonly ErrorCode[]

/** The same for the registry, which has one clock. */
export const REGISTRY_CLOCK_ERRORS = [
  'CLOCK_INVALID',
  'CLOCK_FUTURE',
  'KNOWN_AT_BEHIND',
] as const satisfies readonly ErrorCode[]

const Day = z.iso.date()
const Instant = z.iso.datetime({ offset: true })

/**
 * @returns null for a live read
 * @throws LedgerError CLOCK_INVALID; CLOCK_FUTURE for a knownAt that has not come yet
 */
export const parseClocks = (
  query: { readonly [name in keyof ReadClocks]?: string | undefined },
  now: Date,
): ReadClocks | null => {
  const { asOf, publicAt, knownAt, reducer } = query
  if (asOf === undefined && publicAt === undefined && knownAt === undefined) return null
  return {
    ...(asOf === undefined ? {} : { asOf: checked('asOf', asOf, Day) }),
    ...(publicAt === undefined ? {} : { publicAt: checked('publicAt', publicAt, Day) }),
    ...(knownAt === undefined ? {} : { knownAt: knownInstant(knownAt, now) }),
    ...(reducer === undefined ? {} : { reducer }),
  }
}

const checked = (name: keyof ReadClocks, value: string, schema: z.ZodType<string>): string => {
  const parsed = schema.safeParse(value)
  if (parsed.success && !parsed.data.startsWith('0000')) return parsed.data
  throw new LedgerError('CLOCK_INVALID', {
    faults: [{ code: 'CLOCK_INVALID', pointer: name, detail: 'is not in the form that this clock takes' }],
  })
}

/** Records carry milliseconds, so cutting the rest off changes nothing about which of them came by then. */
const knownInstant = (value: string, now: Date): string => {
  const instant = new Date(checked('knownAt', value, Instant))
  if (instant.getTime() > now.getTime())
    throw new LedgerError('CLOCK_FUTURE', {
      faults: [{ code: 'CLOCK_FUTURE', pointer: 'knownAt', detail: 'lies ahead' }],
    })
  return instant.toISOString()
}

/** Whether an answer can never change again: all three clocks stand in the past. */
export const freshnessOf = ({ asOf, publicAt, knownAt }: ReadClocks, now: Date): Freshness => {
  const today = now.toISOString().slice(0, 10)
  const pinned = asOf !== undefined && publicAt !== undefined && knownAt !== undefined
  return pinned && asOf <= today && publicAt <= today ? 'pinned' : 'live'
}
