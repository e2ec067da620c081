// Compiles, then runs what was compiled. Plain JavaScript, since it has to work before anything is built.
import { spawnSync } from 'node:child_process'

const root = new URL('../../', import.meta.url)
const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (compiled.status !== 0) {
  console.log('The sources do not compile.\n\n0 passed, 1 failed')
  process.exit(1)
}
const { runTests } = await import(new URL('dist/tests/runner/run-tests.js', root))
process.exitCode = await runTests(process.argv.slice(2))
