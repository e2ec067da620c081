/**
 * Whole columns as one text parameter each, for `unnest(string_to_array($1, chr(31), chr(30)), …)`: the driver sends
 * one string instead of serialising an array element by element, and Postgres splits it in C.
 */

/** Between two values. Neither it nor the next can occur in text of ours: control characters are refused on the way in. */
const SEPARATOR = '\u001f'
const NULL_MARK = '\u001e'

/** @throws (assertion) for a single empty text, which Postgres would split into no value at all */
export const textColumn = (values: readonly (string | number | boolean | null)[]): string => {
  if (values.length === 1 && values[0] === '') throw new Error('a text column cannot carry one empty text alone')
  return values.map((value) => value ?? NULL_MARK).join(SEPARATOR)
}

/** Values that cannot be in a text column: whoever holds foreign text leaves these out of a look-up. */
export const fitsTextColumn = (value: string): boolean => !CONTROL.test(value)

/** `unnestColumns(['text', 'int'])` -> `unnest(string_to_array($1, …)::text[], string_to_array($2, …)::int[])`. */
export const unnestColumns = (types: readonly string[], firstParameter = 1): string =>
  `unnest(${types
    .map((type, index) => `string_to_array($${firstParameter + index}, chr(31), chr(30))::${type}[]`)
    .join(', ')})`

const CONTROL = /[\u0000\u001e\u001f]/
