// `npm start`. Plain JavaScript that any Node can read, since it has to say so when this one is too old, and to build the rest.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const root = new URL('../../../', import.meta.url)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20))
  stop(`This is Node.js ${process.versions.node}. Install Node.js 20.20 or newer.`)
const compiler = new URL('node_modules/typescript/bin/tsc', root)
if (!existsSync(compiler)) stop('The dependencies are not installed. Run npm ci first.')

console.error('Building …')
const built = spawnSync(process.execPath, [compiler.pathname, '-p', 'tsconfig.start.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (built.status !== 0) stop('The sources do not compile: see above.')

process.chdir(root.pathname)
process.setSourceMapsEnabled(true)
const { runStart } = await import(new URL('dist/services/operator/start/run-start.js', root).href)
process.exitCode = await runStart(process.env)

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}
