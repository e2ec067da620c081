import type { Day } from '#libs/contracts/primitives.js'
import { lengthOfMonth } from './plain-dates.js'
import type { Bounds } from './bounds.js'

/**
 * The days that a text spans which the EDTF grammar has accepted, read from the text itself: the `edtf` package's own
 * minimum and maximum take an unknown start for 1970, spring for January to March, and a set's first member for its
 * earliest, and its parse no longer tells `2022-X0` from `2022-X1`.
 * @param type  what the grammar took it for: Date, Season, Interval, Set, or what we do not read (List, Year, …)
 * @returns null for what is outside the years 0001 to 9999 or of a type that we do not read
 */
export const boundsOfText = (type: string, text: string): Bounds | null => {
  const unqualified = text.replaceAll(/[~?%]/g, '')
  switch (type) {
    case 'Date':
      return dateBounds(unqualified)
    case 'Season':
      return seasonBounds(unqualified)
    case 'Interval':
      return intervalBounds(unqualified)
    case 'Set':
      return setBounds(unqualified)
    default:
      return null
  }
}

const UNBOUNDED: Bounds = { earliest: null, latest: null }

const endBounds = (text: string): Bounds | null => (text === '' || text === '..' ? UNBOUNDED : dateBounds(text))

const intervalBounds = (text: string): Bounds | null => {
  const [begin = '', end = ''] = text.split('/')
  const first = endBounds(begin)
  const last = endBounds(end)
  return first && last && { earliest: first.earliest, latest: last.latest }
}

/** One of several: from the earliest day of any to the latest of any. */
const setBounds = (text: string): Bounds | null => {
  const members = text.slice(1, -1).split(',').map(memberBounds)
  return members.reduce((all, one) => all && one && { earliest: earlier(all, one), latest: later(all, one) })
}

const memberBounds = (text: string): Bounds | null => {
  const [begin = '', end] = text.trim().split('..')
  if (end === undefined) return dateBounds(begin)
  return intervalBounds(`${begin}/${end}`)
}

const earlier = (a: Bounds, b: Bounds): Day | null =>
  a.earliest === null || b.earliest === null ? null : a.earliest < b.earliest ? a.earliest : b.earliest

const later = (a: Bounds, b: Bounds): Day | null =>
  a.latest === null || b.latest === null ? null : a.latest > b.latest ? a.latest : b.latest

/** A date with X for digits that are not known: the first and the last possible day that fits. */
const dateBounds = (text: string): Bounds | null => {
  if (text.includes('T')) return instantBounds(text)
  const match = DATE_PATTERN.exec(text)
  if (match === null) return null
  const [, year = '', month = 'XX', day = 'XX'] = match
  const earliest = firstFit(Math.max(1, Number(year.replaceAll('X', '0'))), month, day, 'ascending')
  const latest = firstFit(Number(year.replaceAll('X', '9')), month, day, 'descending')
  return earliest && latest && year !== '0000' ? { earliest, latest } : null
}

const DATE_PATTERN = /^([\dX]{4})(?:-([\dX]{2})(?:-([\dX]{2}))?)?$/

/** Only the outermost years a pattern allows are tried; where 29 February needs another, the month's end stands in. */
const firstFit = (year: number, monthPattern: string, dayPattern: string, way: Way): Day | null => {
  for (const month of numbersUpTo(12, way)) {
    if (!fits(month, monthPattern)) continue
    for (const day of numbersUpTo(lengthOfMonth(year, month), way))
      if (fits(day, dayPattern)) return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`
  }
  return null
}

type Way = 'ascending' | 'descending'

const numbersUpTo = (last: number, way: Way): number[] =>
  Array.from({ length: last }, (_, index) => (way === 'ascending' ? index + 1 : last - index))

const fits = (value: number, pattern: string): boolean => {
  const digits = padded(value, 2)
  return [0, 1].every((index) => pattern[index] === 'X' || pattern[index] === digits[index])
}

const padded = (value: number, length: number): string => String(value).padStart(length, '0')

/** A time of day is read for the UTC day it falls on. */
const instantBounds = (text: string): Bounds | null => {
  const milliseconds = Date.parse(/[Z+-]\d{0,2}:?\d{0,2}$/.test(text.slice(text.indexOf('T'))) ? text : `${text}Z`)
  if (Number.isNaN(milliseconds)) return null
  const day = new Date(milliseconds).toISOString().slice(0, 10)
  return /^(?!0000)\d{4}-/.test(day) ? { earliest: day, latest: day } : null
}

/**
 * 21 to 24, spring to winter. The standard leaves the hemisphere open; we read the northern one, winter from December
 * of the year it is named for. Who means other months codes them as an interval.
 */
const seasonBounds = (text: string): Bounds | null => {
  const match = /^(\d{4})-(2[1-4])$/.exec(text)
  if (match === null) return null
  const [, year = '', season = ''] = match
  const first = dateBounds(`${year}-${padded(3 * (Number(season) - 20), 2)}`)
  const last =
    season === '24'
      ? dateBounds(`${padded(Number(year) + 1, 4)}-02`)
      : dateBounds(`${year}-${padded(3 * (Number(season) - 20) + 2, 2)}`)
  return first && last && { earliest: first.earliest, latest: last.latest }
}
