import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { until } from './faulty-ledger.js'

t.setTimeout(280_000) // a bound for a busy machine

const MAIN = fileURLToPath(new URL('main.js', import.meta.url))

/** Starts `npm run faults`, sends it a signal once its output says something, and waits for its end. */
const stopped = async (t: Test, said: RegExp, signal: NodeJS.Signals) => {
  const args = [MAIN, '--rounds', '6', '--seed', '42', '--events', '1800']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  await until(() => said.test(out) && descendantsOf(child.pid ?? 0).length > 0, `it says ${said}`)
  const started = descendantsOf(child.pid ?? 0)
  child.kill(signal)
  const [code] = await exited
  // guards end by themselves, a moment after what they guard
  await until(() => started.every((pid) => !isAlive(pid)), 'nothing that it had started runs any more')
  return { code, out, started }
}

const descendantsOf = (pid: number): number[] => {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const parents = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]))
  const isBelow = (one: number): boolean => {
    const parent = parents.get(one)
    return parent !== undefined && parent > 1 && (parent === pid || isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow)
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // another user's, as Postgres's where we are root's
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

t.test('Ctrl-C in the middle of a round stops what was started, and says how to repeat it', async (t) => {
  const { code, out, started } = await stopped(t, /round 1 of 6/, 'SIGINT')
  t.equal(code, 130)
  t.match(out, /Stopped in round 1 of 6, seed 42; .*To repeat: npm run faults -- --rounds 6 --seed 42 --events 1800/)
  t.notMatch(out, /WRONG/)
  t.ok(started.length >= 4, 'Kafka, Postgres, relay and projector ran')
})

t.test('so does SIGTERM while it all starts', async (t) => {
  const { code, out } = await stopped(t, /npm run faults/, 'SIGTERM')
  t.equal(code, 130)
  t.match(out, /Stopped before the first round, seed 42; /)
})
