import fc from 'fast-check'
import { test } from 'tap'
import { parseStrictJson } from '#libs/contracts/strict-json.js'

const codeOf = (text: string) => {
  const parsed = parseStrictJson(text)
  return parsed.ok ? 'ok' : `${parsed.code} ${parsed.pointer ?? ''}`.trim()
}

test('what JSON.parse takes and writes is taken, and comes out the same', (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const canonical = JSON.stringify(JSON.parse(text))
      const parsed = parseStrictJson(canonical)
      // the generator makes lone surrogates and NUL too: those are refused by name, nothing else is
      if (!parsed.ok) return parsed.code === 'JSON_NUL' || parsed.code === 'JSON_LONE_SURROGATE'
      return JSON.stringify(parsed.value) === canonical
    }),
  )
  t.end()
})

test('a key given twice is refused, and the pointer leads to it', (t) => {
  t.equal(codeOf('{"a":1,"a":2}'), 'JSON_DUPLICATE_KEY /a')
  t.equal(codeOf('{"a":{"b":[0,{"c":1,"c":1}]}}'), 'JSON_DUPLICATE_KEY /a/b/1/c')
  t.equal(codeOf('{"x/y":{"~":1,"~":1}}'), 'JSON_DUPLICATE_KEY /x~1y/~0')
  t.equal(codeOf('{"a":1,"\\u0061":2}'), 'JSON_DUPLICATE_KEY /a', 'also when one of them is escaped')
  t.equal(codeOf('{"a":{"k":1},"b":{"k":1}}'), 'ok', 'one key in two objects is no repeat')
  t.equal(codeOf('{"a":"x:\\"y\\":z","b":"{\\"a\\":1,\\"a\\":2}"}'), 'ok', 'colons and keys inside text do not count')
  t.end()
})

test('text that the next reader could not keep is refused', (t) => {
  t.equal(codeOf('{"a":"x\\u0000"}'), 'JSON_NUL /a')
  t.equal(codeOf('["\\ud800"]'), 'JSON_LONE_SURROGATE /0')
  t.equal(codeOf('{"\\udc00":1}'), 'JSON_LONE_SURROGATE')
  t.equal(codeOf('{"a":"\\ud83d\\ude00"}'), 'ok', 'a whole pair is a character')
  t.equal(codeOf('{"a":'), 'JSON_INVALID')
  t.equal(codeOf(''), 'JSON_INVALID')
  t.end()
})

test('what is nested beyond any document of ours is refused before anything recurses into it', (t) => {
  t.equal(codeOf(`${'['.repeat(64)}${']'.repeat(64)}`), 'ok')
  t.equal(codeOf(`${'['.repeat(65)}${']'.repeat(65)}`), 'JSON_TOO_DEEP')
  t.equal(codeOf(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), 'JSON_TOO_DEEP')
  t.end()
})
