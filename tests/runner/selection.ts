import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** One file of tests: its source, what it compiled to, and what it needs. */
export interface TestFile {
  source: string
  compiled: string
  /** Needs the shared Kafka and Postgres: it reads where they are, itself or through a helper such as tests/stack.ts. */
  needsStack: boolean
  /** Starts whole ledgers of its own; runs alone, when the shared ones are gone. */
  runsAlone: boolean
  /** Takes minutes, or tools that the project itself does not need: left to `npm run check`, unless asked for by its path. */
  isSlow: boolean
}

const SUFFIX = '.test.ts'
const RUN_ALONE = ['tests/acceptance/', 'tests/faults/', 'tests/schemathesis/']
const SLOW = [
  'tests/faults/',
  'tests/schemathesis/',
  'tests/contract/compatible.test.ts',
  'tests/acceptance/amendments.test.ts',
  'tests/acceptance/kill-anything.test.ts',
  'tests/services/projector/kill-projector.test.ts',
  'tests/services/projector/relay/kill-relay.test.ts',
  'tests/services/projector/replay/promote.test.ts',
]

/**
 * The files that the arguments name: files or folders of sources, from the root; all without arguments.
 * What counts is the source, so that what an earlier build left in dist/ is not run.
 */
export function selectTests(args: readonly string[]): TestFile[] {
  const roots = args.length === 0 ? ['tests'] : args.map((arg) => path.normalize(arg).replace(/\/$/, ''))
  const sources = new Set(roots.flatMap(sourcesUnder))
  return [...sources].sort().map((source) => {
    const compiled = path.join('dist', source.replace(/\.ts$/, '.js'))
    return {
      source,
      compiled,
      needsStack: readsStack(compiled),
      runsAlone: isUnder(RUN_ALONE, source),
      isSlow: isUnder(SLOW, source),
    }
  })
}

const isUnder = (folders: readonly string[], source: string): boolean =>
  folders.some((folder) => source.startsWith(folder))

function sourcesUnder(root: string): string[] {
  if (!existsSync(root)) return []
  if (statSync(root).isFile()) return root.endsWith(SUFFIX) ? [root] : []
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => sourcesUnder(path.join(root, entry.name)))
}

const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+|#tests\/[^']+)'/g

const STACK_VARIABLE = /TEST_(KAFKA_BROKERS|DATABASE_URL)/

/** Whether `file`, or what it imports of the tests, reads where the shared Kafka and Postgres are. */
function readsStack(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  if (STACK_VARIABLE.test(text)) return true
  return [...text.matchAll(IMPORT)].some(([, specifier = '']) => {
    const imported = specifier.startsWith('#')
      ? path.join('dist', specifier.slice(1))
      : path.join(path.dirname(file), specifier)
    return readsStack(imported, seen)
  })
}
