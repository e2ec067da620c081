import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { ERRORS } from '#libs/contracts/error-codes.js'
import { STATUS } from '#libs/http/problems.js'
import { CHANGE_COLUMNS } from '#services/api/changes/change-columns.js'
import { CONFLICT_COLUMNS } from '#services/api/conflicts/conflict-columns.js'
import { FEED_COLUMNS } from '#services/api/live/feed-columns.js'
import { POSITION_COLUMNS } from '#services/api/positions/position-columns.js'
import { STATEMENT_COLUMNS } from '#services/api/statements/statement-columns.js'
import { curlLines } from '#services/operator/start/where-to-look.js'
import { readSeedLines } from '#seeds/seed-lines.js'

const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/api.md',
  'docs/architecture.md',
  'docs/codebook.md',
  'docs/design.md',
  'docs/errors.md',
  'docs/timelines.md',
]

t.test('every error code has its entry, with its status and its text', (t) => {
  const entries = new Map(
    readFileSync('docs/errors.md', 'utf8')
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry] as const),
  )
  t.strictSame([...entries.keys()].sort(), Object.keys(ERRORS).sort())
  for (const [code, text] of Object.entries(ERRORS)) {
    t.ok(entries.get(code)?.includes(`${STATUS[code as keyof typeof STATUS]}. ${text}`), code)
  }
  t.end()
})

t.test('every file that a document leads to is there', (t) => {
  for (const document of DOCUMENTS) {
    const links = [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
    for (const [, link = ''] of links) {
      t.ok(existsSync(path.join(path.dirname(document), link)), `${document}: ${link}`)
    }
  }
  t.end()
})

t.test('every command that a document names is a script', (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const document of DOCUMENTS.filter((name) => name !== 'docs/design.md')) {
    const commands = [...readFileSync(document, 'utf8').matchAll(/npm run ([a-z:-]+)/g)]
    for (const [, command = ''] of commands) t.ok(command in scripts, `${document}: npm run ${command}`)
  }
  t.end()
})

t.test('the readme shows the lines that npm start prints', (t) => {
  const readme = readFileSync('README.md', 'utf8')
  for (const line of curlLines({ apiPort: 4000 })) t.ok(readme.includes(line), line)
  t.end()
})

t.test('every folder of libs and services says what it is for', (t) => {
  const { libs, services } = { libs: foldersOf('libs'), services: foldersOf('services') }
  for (const folder of [...libs, ...services, 'seeds']) t.ok(existsSync(path.join(folder, 'README.md')), folder)
  t.end()
})

function foldersOf(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(root, entry.name))
}

t.test('what the codebook shows of a statement is what the seeds have', (t) => {
  const codebook = readFileSync('docs/codebook.md', 'utf8')
  const seeds = new Map(readSeedLines('statements.jsonl').map((line) => [line.subject, line] as const))
  for (const [, block = ''] of codebook.matchAll(/```json\n(.*?)```/gs)) {
    const shown = JSON.parse(block) as { subject: string }
    t.strictSame(shown, seeds.get(shown.subject), shown.subject)
  }
  for (const [id] of codebook.matchAll(/uw-\d{3}/g)) t.ok(seeds.has(id), id)
  const offices = new Set(readSeedLines('registry.jsonl').map((line) => line.subject))
  for (const [, id = ''] of codebook.matchAll(/`((?:eu|gbr|irn|rus|usa)\.[a-z.-]+)`/g)) t.ok(offices.has(id), id)
  t.end()
})

t.test('every file that the architecture names is there', (t) => {
  const named = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/`((?:libs|services|tests|seeds)[\w./-]*)`/g)]
  for (const [, file = ''] of named) t.ok(existsSync(file), file)
  t.ok(named.length > 30)
  t.end()
})

t.test('the columns of CSV are those that the guide lists', (t) => {
  const guide = readFileSync('docs/api.md', 'utf8')
  for (const [list, columns] of Object.entries({
    positions: POSITION_COLUMNS,
    changes: CHANGE_COLUMNS,
    conflicts: CONFLICT_COLUMNS,
    statements: STATEMENT_COLUMNS,
    feed: FEED_COLUMNS,
  })) {
    const [, listed = ''] = new RegExp(`^\\| ${list} \\| (.*) \\|$`, 'm').exec(guide) ?? []
    t.strictSame(
      [...listed.matchAll(/`(\w+)` \(/g)].map(([, name]) => name),
      columns.map(([name]) => name),
      list,
    )
  }
  t.end()
})
