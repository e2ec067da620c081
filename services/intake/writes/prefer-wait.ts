/**
 * How long a caller would wait for the outcome of a write: `Prefer: wait=5` (RFC 7240, 4.3). A preference that is unknown
 * or malformed counts as not given, as that RFC asks; of several the first counts.
 * @returns seconds; undefined if none is asked for
 */
export function waitPreferenceOf(prefer: string | string[] | undefined): number | undefined {
  const text = [prefer ?? []].flat().join(',').slice(0, PREFER_LENGTH_MAX)
  for (const preference of text.split(',')) {
    const [, seconds] = WAIT.exec(preference) ?? []
    if (seconds !== undefined) return Number(seconds) || undefined
  }
  return undefined
}

/** A few preferences; more is not a wish but a flood. */
const PREFER_LENGTH_MAX = 1_000
/** Quoted or not, with parameters that we do not know. */
const WAIT = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i
