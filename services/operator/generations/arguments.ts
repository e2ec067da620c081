import { UsageError } from '../command.js'

/** The number of a generation as it was typed. @throws UsageError */
export const generationOf = (text: string | undefined): number => wholeNumberOf('a generation', text)

/** @throws UsageError for anything but a whole number from 1 on */
export const wholeNumberOf = (name: string, text: unknown): number => {
  const value = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new UsageError(`${name} takes a whole number from 1 on, not '${String(text)}'.`)
  return value
}
