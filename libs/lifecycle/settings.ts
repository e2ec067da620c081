import { z } from 'zod'

/** Settings of which several processes have one alike. What each is for is said where it is read. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

/** A port to listen on. */
export const portOr = (preset: number) => wholeNumber(0, 65_535).default(preset)

export const LOG_LEVEL = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info')
  .describe('What is logged: this and all that is worse.')
