import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { documentOf, SERVICES, type MediaType, type OpenApiDocument, type Operation } from './documents.js'

interface Schema {
  $ref?: string
  description?: string
  examples?: unknown[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

for (const service of SERVICES)
  t.test(`${service}: everything is described, and has an example that fits its schema`, async (t) => {
    const document = await documentOf(service)
    t.ok(operationsOf(document).length > 10, 'there are operations to look at')
    t.strictSame(undescribed(document), [])
    t.strictSame(withoutExample(document), [])
    t.strictSame(examplesThatDoNotFit(document), [])
  })

t.test('what has no description, or an example that does not fit, is found', async (t) => {
  const document = await documentOf('api')
  const { Position } = document.components.schemas as Record<string, Schema>
  const { value } = Position?.properties ?? {}
  if (!Position || !value) throw new Error('the document has no Position.value')
  delete value.description
  delete (value.anyOf ?? [])[0]?.description
  Position.examples = [{ actor: 1 }]
  t.match(undescribed(document), [/Position\.value/])
  t.ok(examplesThatDoNotFit(document).some((fault) => fault.startsWith('/v1/positions/{actor}/{matter}/{facet}')))
  delete Position.examples
  t.match(withoutExample(document), [/\/v1\/positions\/\{actor\}\/\{matter\}\/\{facet\} get 200/])
})

const operationsOf = ({ paths }: OpenApiDocument): [string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${path} ${method}`, operation]),
  )

function undescribed(document: OpenApiDocument): string[] {
  const operations = operationsOf(document).flatMap(([at, { summary, description, parameters = [], ...rest }]) => [
    ...(summary && description ? [] : [at]),
    ...parameters.filter((one) => !one.description).map(({ name }) => `${at} ${name}`),
    ...Object.entries(rest.responses).flatMap(([status, answer]) => [
      ...(answer.description ? [] : [`${at} ${status}`]),
      ...mediaOf(answer.content).flatMap(({ schema }) => fieldsWithout(schema as Schema, `${at} ${status}`)),
    ]),
    ...mediaOf(rest.requestBody?.content).flatMap(({ schema }) => fieldsWithout(schema as Schema, `${at} body`)),
  ])
  const schemas = Object.entries(document.components.schemas as Record<string, Schema>)
  return [...operations, ...schemas.flatMap(([name, schema]) => fieldsWithout(schema, name))]
}

const mediaOf = (content: Record<string, MediaType> = {}): MediaType[] => Object.values(content)

/** Fields without a description; what is a reference, or may be null, has that of what it refers to. */
function fieldsWithout(schema: Schema, at: string): string[] {
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = schema
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(isDescribed(field) ? [] : [`${at}.${name}`]),
      ...fieldsWithout(field, `${at}.${name}`),
    ]),
    ...(items ? fieldsWithout(items, `${at}[]`) : []),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((one) => fieldsWithout(one, at)),
  ]
}

const isDescribed = ({ description, $ref, anyOf = [] }: Schema): boolean =>
  Boolean(description ?? $ref) || anyOf.some(isDescribed)

/** The bodies that need an example, with the examples that they have. */
function exampled(document: OpenApiDocument): { at: string; schema: object; examples: unknown[] }[] {
  return operationsOf(document).flatMap(([at, { requestBody, responses }]) => [
    ...mediaOf(requestBody?.content).map((media) => ({ at: `${at} body`, ...withExamples(document, media) })),
    ...Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([status, { content }]) =>
        shown(content).map((media) => ({ at: `${at} ${status}`, ...withExamples(document, media) })),
      ),
  ])
}

/** JSON where there is JSON: CSV, NDJSON and linked data beside it say the same, and docs/api.md shows them, as it does the feed. */
const shown = (content: Record<string, MediaType> = {}): MediaType[] => {
  const { 'application/json': json, 'application/atom+xml': _feed, ...others } = content
  return json ? [json] : Object.values(others)
}

const withExamples = (document: OpenApiDocument, { schema, example, examples = {} }: MediaType) => ({
  schema,
  examples: [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples).map(({ value }) => value),
    ...examplesOf(document, schema),
  ],
})

function examplesOf(document: OpenApiDocument, { $ref, examples, anyOf = [] }: Schema): unknown[] {
  const named = $ref && (document.components.schemas[$ref.replace('#/components/schemas/', '')] as Schema | undefined)
  return named
    ? examplesOf(document, named)
    : [...(examples ?? []), ...anyOf.flatMap((one) => examplesOf(document, one))]
}

const withoutExample = (document: OpenApiDocument): string[] =>
  exampled(document)
    .filter(({ examples }) => examples.length === 0)
    .map(({ at }) => at)

function examplesThatDoNotFit(document: OpenApiDocument): string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'document', components: document.components })
  return exampled(document).flatMap(({ at, schema, examples }) => {
    const fits = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object)
    return examples.filter((one) => !fits(one)).map(() => `${at}: ${ajv.errorsText(fits.errors)}`)
  })
}
