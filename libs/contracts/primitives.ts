import { z } from 'zod'

/** Text without control characters that Postgres or a spreadsheet would choke on; `max` counts UTF-16 units. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)

    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u, 'must not contain control characters')

/** Id of a registry entity, report or statement: what stands in URLs and keys. Lower case, so that two ids never differ by case alone. */
export const entityId = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?$/,
    'must be 1 to 128 of a-z, 0-9, dot, underscore, hyphen; letter or digit at both ends',
  )
export type EntityId = string

/** Extended Date/Time Format (ISO 8601-2), levels 0 and 1 and one-of sets. That it is a possible date is checked in libs/ledger/time.ts. */
export const edtfText = z.string().min(2).max(200)

/** A UTC day, `YYYY-MM-DD`, of the years 0001 to 9999: Postgres has no year 0. */
export const day = z.iso.date().refine((text) => !text.startsWith('0000'), 'there is no year 0000')
export type Day = string

/** A UTC instant with up to microseconds, `2022-10-20T12:00:00.000Z`. */
export const instant = z.iso.datetime({ offset: true })
