import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Test } from 'tap'
import type { OpenApiDocument } from './documents.js'

export interface GivenAnswer {
  readonly status: number
  /** Without parameters: `application/json`. */
  readonly type: string
  readonly text: string
}

/** Fails where an answer has a status or a type that the operation's document does not name, or another shape. */
export function holdAgainst(
  t: Test,
  document: OpenApiDocument,
  { path, method }: { readonly path: string; readonly method: 'get' | 'post' },
  answer: GivenAnswer,
): void {
  const about = `${path}: ${answer.status} ${answer.text.slice(0, 150)}`
  const media = document.paths[path]?.[method]?.responses[answer.status]?.content?.[answer.type]
  if (!media) return void t.fail(`not documented: ${answer.type} ${about}`)
  if (!answer.type.endsWith('json')) return void t.not(answer.text, '', about)
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  const validate = ajv.compile({ ...media.schema, components: document.components })
  // of lines, the document describes each
  const texts = answer.type.endsWith('ndjson') ? answer.text.trimEnd().split('\n') : [answer.text]
  for (const text of texts) t.ok(validate(JSON.parse(text)), about, { errors: validate.errors })
}
