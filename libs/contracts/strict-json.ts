export type StrictJson =
  | { ok: true; value: unknown }
  | {
      ok: false
      code: 'JSON_INVALID' | 'JSON_DUPLICATE_KEY' | 'JSON_NUL' | 'JSON_LONE_SURROGATE' | 'JSON_TOO_DEEP'
      detail: string
      pointer?: string
    }

/**
 * Parses JSON as the ledger reads it: no duplicate keys, no NUL, no lone surrogates, since each of those would be
 * read differently by the next reader (RFC 8259 leaves duplicates open; Postgres refuses NUL in jsonb).
 * Total: never throws. docs/design.md 5, "Outcomes".
 */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, code: 'JSON_INVALID', detail: 'The text is not JSON.' }
  }
  const { members, depth } = measure(text)
  if (depth > DEPTH_MAX)
    return { ok: false, code: 'JSON_TOO_DEEP', detail: `Nested ${depth} levels deep; at most ${DEPTH_MAX} are read.` }
  const escaped = text.includes('\\u') || !text.isWellFormed()
  const seen = inspect(value, '', escaped)
  if (seen.fault) return { ok: false, ...seen.fault }
  if (seen.members !== members)
    return {
      ok: false,
      code: 'JSON_DUPLICATE_KEY',
      detail: 'An object gives one key twice.',
      pointer: duplicatePointer(text),
    }
  return { ok: true, value }
}

interface Inspection {
  members: number
  fault?: { code: 'JSON_NUL' | 'JSON_LONE_SURROGATE'; detail: string; pointer: string }
}

/** Counts the members of all objects that survived parsing, and looks for text that must not be there. */
function inspect(value: unknown, pointer: string, checkText: boolean): Inspection {
  if (typeof value === 'string') return checkText ? inspectText(value, pointer) : { members: 0 }
  if (value === null || typeof value !== 'object') return { members: 0 }
  let members = 0
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i]
      if (typeof item !== 'object' && !checkText) continue
      const seen = inspect(item, checkText ? `${pointer}/${i}` : pointer, checkText)
      if (seen.fault) return seen
      members += seen.members
    }
    return { members }
  }
  for (const key of Object.keys(value)) {
    members++
    const item = (value as Record<string, unknown>)[key]
    if (checkText) {
      const seen = inspectText(key, pointer)
      if (seen.fault) return seen
    } else if (typeof item !== 'object') continue
    const seen = inspect(item, checkText ? `${pointer}/${escapePointer(key)}` : pointer, checkText)
    if (seen.fault) return seen
    members += seen.members
  }
  return { members }
}

function inspectText(value: string, pointer: string): Inspection {
  if (value.includes('\0'))
    return { members: 0, fault: { code: 'JSON_NUL', detail: 'Text must not contain NUL.', pointer } }
  if (!value.isWellFormed())
    return {
      members: 0,
      fault: { code: 'JSON_LONE_SURROGATE', detail: 'Text must not contain half a surrogate pair.', pointer },
    }
  return { members: 0 }
}

/** No document of ours is deeper than 8. What reads JSON further on may recurse, so a bound keeps it off the stack's end. */
const DEPTH_MAX = 64

/** Members as written (colons outside strings) and levels of nesting. Only called on text that JSON.parse took. */
function measure(text: string): { members: number; depth: number } {
  let members = 0
  let level = 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 58 /* : */) members++
    else if (c === 34 /* " */) i = endOfString(text, i)
    else if (c === 123 /* { */ || c === 91 /* [ */) depth = Math.max(depth, ++level)
    else if (c === 125 /* } */ || c === 93 /* ] */) level--
  }
  return { members, depth }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === 92 /* \ */) slashes++
  return slashes % 2 === 1
}

/** JSON pointer of the first repeated key. Slow; only for text that is known to have one. */
function duplicatePointer(text: string): string {
  const stack: { keys: Set<string> | null; path: string; index: number; key: string }[] = []
  let expectKey = false
  for (let i = 0; i < text.length; i++) {
    const top = stack.at(-1)
    const here = top ? `${top.path}/${top.keys ? escapePointer(top.key) : top.index}` : ''
    switch (text[i]) {
      case '{':
        stack.push({ keys: new Set(), path: here, index: 0, key: '' })
        expectKey = true
        break
      case '[':
        stack.push({ keys: null, path: here, index: 0, key: '' })
        expectKey = false
        break
      case '}':
      case ']':
        stack.pop()
        expectKey = false
        break
      case ',':
        if (top) top.index++
        expectKey = top?.keys !== null
        break
      case '"': {
        const end = endOfString(text, i)
        if (expectKey && top?.keys) {
          top.key = JSON.parse(text.slice(i, end + 1)) as string
          if (top.keys.has(top.key)) return `${top.path}/${escapePointer(top.key)}`
          top.keys.add(top.key)
          expectKey = false
        }
        i = end
        break
      }
      default:
    }
  }
  return ''
}

/** One segment of a JSON pointer (RFC 6901). */
export function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1')
}
