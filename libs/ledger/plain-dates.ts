import type { Bounds } from './bounds.js'

/**
 * Bounds of the forms of EDTF that nearly every statement uses, without the full grammar: a year, month or day, each
 * perhaps qualified; an interval of two of them, perhaps open at one end; `[..D]`. This runs 100,000 times a second in
 * a replay, hence character codes.
 * @returns null for anything else, be it another form or no date at all: the full grammar decides then
 */
export const plainBounds = (text: string): Bounds | null => {
  if (text.length > PLAIN_LENGTH_MAX) return null
  const slash = text.indexOf('/')
  if (slash >= 0) return intervalBounds(text.slice(0, slash), text.slice(slash + 1))
  return text.startsWith('[..') && text.endsWith(']') ? setBounds(text.slice(3, -1)) : dateBounds(text)
}

/** How many days a month has; year 1 to 9999, month 1 to 12. */
export const lengthOfMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 31)

const PLAIN_LENGTH_MAX = '2022-10-18~/2022-10-20~'.length
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

const intervalBounds = (begin: string, end: string): Bounds | null => {
  if (begin === '..') return upTo(end)
  const first = dateBounds(begin)
  if (first === null) return null
  if (end === '..') return { earliest: first.earliest, latest: null }
  const last = dateBounds(end)
  if (last === null || first.earliest > last.latest) return null
  return { earliest: first.earliest, latest: last.latest }
}

/** The grammar takes no qualifiers within a set. */
const setBounds = (end: string): Bounds | null => (isQualified(end) ? null : upTo(end))

const upTo = (end: string): Bounds | null => {
  const last = dateBounds(end)
  return last === null ? null : { earliest: null, latest: last.latest }
}

const dateBounds = (text: string): { earliest: string; latest: string } | null => {
  const date = isQualified(text) ? text.slice(0, -1) : text
  const year = numberAt(date, 0, 4)
  if (year < 1) return null
  if (date.length === 4) return { earliest: `${date}-01-01`, latest: `${date}-12-31` }
  const month = date.charCodeAt(4) === HYPHEN ? numberAt(date, 5, 2) : -1
  if (month < 1 || month > 12) return null
  if (date.length === 7) return { earliest: `${date}-01`, latest: `${date}-${String(lengthOfMonth(year, month))}` }
  const day = date.charCodeAt(7) === HYPHEN && date.length === 10 ? numberAt(date, 8, 2) : -1
  return day < 1 || day > lengthOfMonth(year, month) ? null : { earliest: date, latest: date }
}

const HYPHEN = 0x2d
const ZERO = 0x30

const isQualified = (text: string): boolean => text.endsWith('~') || text.endsWith('?') || text.endsWith('%')

/** @returns −1 where there are not that many digits */
const numberAt = (text: string, start: number, digits: number): number => {
  let value = 0
  for (let index = start; index < start + digits; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}
