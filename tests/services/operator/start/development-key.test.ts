import { chmodSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { developmentKey } from '#services/operator/start/development-key.js'

t.test('it is made once, 256 random bits, for its owner alone', (t) => {
  const dir = t.testdir()
  const made = developmentKey(dir)
  t.ok(made.isNew)
  t.match(made.key, /^sl_[A-Za-z0-9_-]{43}$/)
  t.equal(readFileSync(made.file, 'utf8'), `${made.key}\n`)
  t.equal(statSync(made.file).mode & 0o777, 0o600)
  t.strictSame(developmentKey(dir), { ...made, isNew: false })
  t.end()
})

t.test('one that others could read is closed again', (t) => {
  const dir = t.testdir()
  const { file } = developmentKey(dir)
  chmodSync(file, 0o644)
  developmentKey(dir)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.end()
})
