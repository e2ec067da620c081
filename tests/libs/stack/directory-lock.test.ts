import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import { lockDirectory } from '#libs/stack/directory-lock.js'
import { identifyProcess, isStillRunning } from '#libs/stack/processes/process-identity.js'
import { stopLeftover, writePidFile } from '#libs/stack/processes/pid-file.js'

test('one at a time, and the second is told which process is the first', (t) => {
  const dir = t.testdir()
  const lock = lockDirectory(dir)
  t.throws(() => lockDirectory(dir), { code: 'STACK_RUNNING', message: new RegExp(`process ${process.pid}\\b`) })
  lock[Symbol.dispose]()
  lockDirectory(dir)[Symbol.dispose]()
  t.end()
})

test('the claim of a process that is gone does not count, nor one whose pid another process has now', (t) => {
  const dir = t.testdir()
  const claims = path.join(dir, 'run', 'claims')
  mkdirSync(claims, { recursive: true })
  writeFileSync(path.join(claims, 'gone.json'), JSON.stringify({ pid: 2 ** 22, identity: 'boot/1' }))
  writeFileSync(path.join(claims, 'reused.json'), JSON.stringify({ pid: process.ppid, identity: 'boot/1' }))
  writeFileSync(path.join(claims, 'torn.json'), '{"pid":')
  using _lock = lockDirectory(dir)
  t.equal(readdirSync(claims).length, 1)
  t.end()
})

test('a process that was left behind is stopped; one that merely has its pid is left alone', async (t) => {
  const pidFile = path.join(t.testdir(), 'child.json')
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  const pid = child.pid!
  writeFileSync(pidFile, JSON.stringify({ pid, identity: 'an earlier boot/1' }))
  t.equal(await stopLeftover(pidFile), undefined)
  t.equal(child.exitCode, null)

  writePidFile(pidFile, pid)
  const gone = once(child, 'exit')
  t.equal(await stopLeftover(pidFile), pid)
  await gone
  t.equal(identifyProcess(pid), undefined)
})

test('a process has one identity as long as it runs', (t) => {
  const identity = identifyProcess(process.pid)
  t.ok(identity)
  t.ok(isStillRunning(process.pid, identity!))
  t.notOk(isStillRunning(process.ppid, identity!))
  t.end()
})
