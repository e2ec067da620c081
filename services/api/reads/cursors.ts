import { LedgerError } from '#libs/contracts/error-codes.js'
import { day, instant } from '#libs/contracts/primitives.js'
import { z } from 'zod'

/**
 * Keyset cursors: the place of the last item in the order of its list, as text. They hold no page number and no
 * generation, so they survive later writes, restarts and a swap of generations (docs/design.md 8).
 */
export interface CursorCodec<K extends readonly string[]> {
  encode(key: K): string
  /** @throws LedgerError CURSOR_INVALID for what this list did not hand out */
  decode(cursor: string): K
}

/**
 * @param list a name that no other list uses
 * @param key one schema a component, so that nothing reaches Postgres that a column's type would refuse
 */
export const cursorOf = <const S extends readonly z.ZodType<string>[]>(
  list: string,
  key: S,
): CursorCodec<{ [I in keyof S]: string }> => {
  const schema = z.tuple([z.literal(list), ...key] as unknown as [z.ZodLiteral<string>, ...z.ZodType<string>[]])
  return {
    encode: (values) => Buffer.from(JSON.stringify([list, ...values])).toString('base64url'),
    decode: (cursor) => {
      const parsed = schema.safeParse(jsonOf(cursor))
      if (!parsed.success) throw new LedgerError('CURSOR_INVALID')
      return parsed.data.slice(1) as never
    },
  }
}

const jsonOf = (cursor: string): unknown => {
  if (!/^[A-Za-z0-9_-]{1,2000}$/.test(cursor)) return undefined
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** Text that Postgres takes as text, and that no id of ours outgrows. */
export const keyText = z
  .string()
  .max(500)
  .refine((value) => value.isWellFormed() && !value.includes('\0'))
export const keyDay = day
export const keyInstant = instant.refine((text) => !text.startsWith('0000'))
export const keyUuid = z.uuid()
export const keyInteger = z.string().regex(/^-?\d{1,9}$/)
export const keyOffset = z.string().regex(/^\d{1,18}$/)
