/** An option of a command line that counts something. @throws Error that names it and its bounds */
export function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max) throw new Error(`${name} must be 1 to ${max}`)
  return value
}
