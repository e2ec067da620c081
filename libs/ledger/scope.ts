import type { Scope } from '#libs/contracts/stance.js'
import { parseEdtf } from './time.js'

/** A scope with its window as day numbers (YYYYMMDD, ends included), so that comparing two is a few comparisons of numbers. */
export interface Extent {
  readonly from: number
  readonly until: number
  readonly quantity: string | undefined
  readonly endUse: string | undefined
  readonly itemClass: string | undefined
}

/** How a new scope lies against an old one. */
export type ScopeRelation = 'equal' | 'inside' | 'around' | 'sideways'

/** @returns the extent of a scope; what is absent, or a window that cannot be read, is unbounded. */
export const extentOf = (scope: Scope | undefined): Extent => {
  if (scope === undefined) return UNBOUNDED
  const window = windowOf(scope.window)
  return { ...window, quantity: scope.quantity, endUse: scope.endUse, itemClass: scope.itemClass }
}

/** Whether two scopes can speak of the same thing (docs/design.md 6.4). Quantities never keep them apart. */
export const overlap = (a: Extent, b: Extent): boolean =>
  a.from <= b.until && b.from <= a.until && !differ(a.itemClass, b.itemClass) && !differ(a.endUse, b.endUse)

/** How `later` lies against `earlier`, component by component; absent is around present. */
export const compareScopes = (earlier: Extent, later: Extent): ScopeRelation =>
  [
    compareWindows(earlier, later),
    compareWords(earlier.quantity, later.quantity),
    compareWords(earlier.endUse, later.endUse),
    compareWords(earlier.itemClass, later.itemClass),
  ].reduce(combine)

const EVER = { from: -Infinity, until: Infinity }
const UNBOUNDED: Extent = { ...EVER, quantity: undefined, endUse: undefined, itemClass: undefined }

const windowOf = (window: string | undefined): { from: number; until: number } => {
  if (window === undefined) return EVER
  const parsed = parseEdtf(window)
  if (!parsed.ok) return EVER
  const { earliest, latest } = parsed.bounds
  return { from: dayNumber(earliest) ?? -Infinity, until: dayNumber(latest) ?? Infinity }
}

const dayNumber = (day: string | null): number | undefined =>
  day === null ? undefined : Number(day.replaceAll('-', ''))

const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b

const compareWindows = (earlier: Extent, later: Extent): ScopeRelation => {
  if (later.from === earlier.from && later.until === earlier.until) return 'equal'
  if (later.from >= earlier.from && later.until <= earlier.until) return 'inside'
  return later.from <= earlier.from && later.until >= earlier.until ? 'around' : 'sideways'
}

const compareWords = (earlier: string | undefined, later: string | undefined): ScopeRelation => {
  if (earlier === later) return 'equal'
  if (earlier === undefined) return 'inside'
  return later === undefined ? 'around' : 'sideways'
}

const combine = (a: ScopeRelation, b: ScopeRelation): ScopeRelation => {
  if (a === b || b === 'equal') return a
  return a === 'equal' ? b : 'sideways'
}
