// `npm start`. Plain JavaScript that any Node can read, since it has to say so when this one is too old, and to build the rest.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const SOURCES = ['libs', 'services', 'seeds', 'tsconfig.json', 'tsconfig.start.json', 'package-lock.json']
const STAMP = `${root}dist/.built`

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20))
  stop(`This is Node.js ${process.versions.node}. Install Node.js 20.20 or newer.`)
if (process.argv.length > 2)
  stop('npm start takes no options: settings are environment variables, listed in docs/settings.md.', 2)
if (!existsSync(`${root}node_modules/typescript`)) stop('The dependencies are not installed. Run npm ci first.')
if (!isBuilt()) build()

process.chdir(root)
process.setSourceMapsEnabled(true)
const { runStart } = await import('../../../dist/services/operator/start/run-start.js')
process.exitCode = await runStart(process.env)

/** Whether nothing was changed since the last build: asking the compiler would take two seconds to hear the same. */
function isBuilt() {
  if (!existsSync(STAMP)) return false
  const builtAt = statSync(STAMP).mtimeMs
  return SOURCES.every((source) => newestUnder(`${root}${source}`) < builtAt)
}

function newestUnder(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestUnder(`${path}/${name}`)))
}

function build() {
  console.error('Building …')
  const startedAt = new Date()
  const args = [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.start.json']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) stop('The sources do not compile: see above.')
  writeFileSync(STAMP, '')
  utimesSync(STAMP, startedAt, startedAt) // what changed meanwhile is newer
}

function stop(sentence, code = 1) {
  console.error(sentence)
  process.exit(code)
}
