import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import t, { test } from 'tap'
import type { Test } from 'tap'
import { StackError } from '#libs/stack/errors.js'
import { identifyProcess } from '#libs/stack/processes/process-identity.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { superviseProcess } from '#libs/stack/supervise.js'
import type { ProcessEvent, SupervisedProcessOptions } from '#libs/stack/supervise.js'
import { failureOf, until } from './expect.js'

const STAYS = `console.log('ready to serve'); setInterval(() => {}, 1000)`
const LOGS = mkdtempSync(path.join(os.tmpdir(), 'supervise-'))
t.teardown(() => {
  rmSync(LOGS, { recursive: true })
})

test('it is up when its ready line is there, and gone after stop', async (t) => {
  const { child, events } = await supervise(t, { script: STAYS })
  t.equal(child.state, 'running')
  const pid = child.pid ?? 0
  t.ok(identifyProcess(pid))
  await child.stop()
  t.equal(identifyProcess(pid), undefined)
  t.same(kinds(events), ['ready', 'stopped'])
})

test('a check instead of a line', async (t) => {
  let asked = 0
  const { child } = await supervise(t, { script: STAYS, readyWhen: { check: () => Promise.resolve(++asked === 3) } })
  t.equal(child.state, 'running')
  t.equal(asked, 3)
})

test('one that ends before it is ready: its last log lines are in the error, and it is not tried again', async (t) => {
  const script = `console.log('no such topic'); process.exit(3)`
  const error = await failureOf(supervise(t, { script }))
  t.ok(error instanceof StackError)
  t.equal((error as StackError).code, 'PROCESS_EXITED')
  t.match((error as StackError).message, /exit code 3[^]*no such topic/)
})

test('one that is never ready is stopped at the limit', async (t) => {
  const pidFile = path.join(t.testdir(), 'child.json')
  const error = await failureOf(supervise(t, { script: `setInterval(() => {}, 1000)`, readyMsMax: 200, pidFile }))
  t.equal((error as StackError).code, 'PROCESS_NOT_READY')
  t.equal(existsSync(pidFile), false)
})

test('a command that does not exist', async (t) => {
  const error = await failureOf(supervise(t, { script: '', command: '/nowhere/java' }))
  t.equal((error as StackError).code, 'PROCESS_EXITED')
  t.match((error as StackError).message, /\/nowhere\/java/)
})

test('killed, it is named with its last lines and started again after a delay', async (t) => {
  const { child, events } = await supervise(t, { script: STAYS, backoffMs: 10 })
  const before = child.pid
  await child.kill('SIGKILL')
  await until(() => kinds(events).includes('restarting') && child.state === 'running')
  t.not(child.pid, before)
  t.same(kinds(events), ['ready', 'exited', 'restarting', 'ready'])
  t.match(events[1], { kind: 'exited', pid: before, how: 'killed by SIGKILL', lastLines: ['ready to serve'] })
  t.match(events[2], { delayMs: 10, restart: 1, restartsMax: 5 })
})

test('one that keeps dying is started again with growing delays, within the bound', async (t) => {
  const script = `console.log('ready to serve'); setTimeout(() => process.exit(1), 100)`
  const { child, events } = await supervise(t, { script, backoffMs: 10, restartsMax: 3 })
  await until(() => child.state === 'failed')
  const delays = events.flatMap((event) => (event.kind === 'restarting' ? [event.delayMs] : []))
  t.same(delays, [10, 20, 40])
  t.equal(events.at(-1)?.kind, 'gaveUp')
})

test('with no restarts allowed it stays down, until it is asked for', async (t) => {
  const { child, events } = await supervise(t, { script: STAYS, restartsMax: 0 })
  await child.kill('SIGKILL')
  await until(() => child.state === 'failed')
  t.equal(child.pid, undefined)
  await child.restart()
  t.equal(child.state, 'running')
  t.same(kinds(events), ['ready', 'exited', 'gaveUp', 'ready'])
})

test('stop calls off a restart that is waiting', async (t) => {
  const { child, events } = await supervise(t, { script: STAYS, backoffMs: 60_000 })
  await child.kill('SIGKILL')
  await until(() => kinds(events).includes('restarting'))
  await child.stop()
  t.equal(child.state, 'stopped')
  t.equal(child.pid, undefined)
})

test('one that ignores the signal is killed after the bound', async (t) => {
  const script = `process.on('SIGTERM', () => {}); ${STAYS}`
  const { child } = await supervise(t, { script, stopMsMax: 200 })
  const pid = child.pid ?? 0
  await child.stop()
  t.equal(identifyProcess(pid), undefined)
})

test('a failure that passes by itself is tried again', async (t) => {
  const counter = path.join(t.testdir({ counter: '0' }), 'counter')
  const script = `
    const fs = require('node:fs'), n = Number(fs.readFileSync(${JSON.stringify(counter)})) + 1
    fs.writeFileSync(${JSON.stringify(counter)}, String(n))
    if (n < 3) { console.log('memory is still in use'); process.exit(1) }
    ${STAYS}`
  const { child } = await supervise(t, { script, passingFailure: /still in use/ })
  t.equal(child.state, 'running')
  t.equal(readFileSync(counter, 'utf8'), '3')
})

test('when the supervisor is killed with kill -9, its child is stopped', async (t) => {
  const supervisor = path.join(PROJECT_DIRECTORY, 'dist', 'libs', 'stack', 'supervise.js')
  const options = {
    name: 'child',
    command: process.execPath,
    args: ['-e', STAYS],
    env: {},
    logFile: `${LOGS}/guarded.log`,
  }
  const script = `
    import { superviseProcess } from ${JSON.stringify(supervisor)}
    const readyWhen = { line: 'ready to serve' }
    const child = await superviseProcess({ ...${JSON.stringify(options)}, readyWhen })
    console.log(child.pid)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
  t.ok(identifyProcess(Number(line)))
  parent.kill('SIGKILL')
  await until(() => !identifyProcess(Number(line)))
})

test('an aborted start stops what it had started', async (t) => {
  const pidFile = path.join(t.testdir(), 'child.json')
  const controller = new AbortController()
  const starting = failureOf(
    supervise(t, { script: 'setInterval(() => {}, 1000)', pidFile, signal: controller.signal }),
  )
  await until(() => existsSync(pidFile))
  const { pid } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number }
  controller.abort()
  t.equal(((await starting) as StackError).code, 'STOPPED_WHILE_STARTING')
  t.equal(identifyProcess(pid), undefined)
})

function kinds(events: ProcessEvent[]): string[] {
  return events.map((event) => event.kind)
}

/** A child that runs a script in Node.js, and every event of it so far. Stopped when the test ends. */
async function supervise(
  t: Test,
  { script, ...options }: Partial<SupervisedProcessOptions> & { script: string },
): Promise<{ child: Awaited<ReturnType<typeof superviseProcess>>; events: ProcessEvent[] }> {
  const events: ProcessEvent[] = []
  const child = await superviseProcess({
    name: 'child',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    logFile: path.join(LOGS, `${t.name}.log`),
    readyWhen: { line: 'ready to serve' },
    onEvent: (event) => events.push(event),
    ...options,
  })
  t.teardown(() => child.stop())
  return { child, events }
}
