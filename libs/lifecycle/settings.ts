import { z } from 'zod'

/** Settings of which several processes have one alike. What each is for is said where it is read. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

/** An address and a port to listen on. @param use  what for: `to listen on` */
export const hostFor = (use: string) => z.string().min(1).default('127.0.0.1').describe(`Address ${use}.`)
export const portFor = (use: string, preset: number) =>
  wholeNumber(0, 65_535).default(preset).describe(`Port ${use}; 0: any that is free.`)

/** Texts with commas between; spaces around them do not count. */
export const textList = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((one) => one.trim() || []))

export const LOG_LEVEL = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info')
  .describe('What is logged: this and all that is worse.')
