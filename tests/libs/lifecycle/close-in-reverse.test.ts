import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'

test('what was opened last is closed first, each after the other', async (t) => {
  const closed: string[] = []
  {
    await using resources = closeInReverse()
    resources.add({
      close: async () => {
        await sleep(20)
        closed.push('opened first, has close()')
      },
    })
    resources.add({ [Symbol.dispose]: () => void closed.push('has dispose') })
    resources.add({ end: () => Promise.resolve(closed.push('has end()')) })
    resources.defer('a timer', () => closed.push('deferred, opened last'))
  }
  t.same(closed, ['deferred, opened last', 'has end()', 'has dispose', 'opened first, has close()'])
})

test('add gives the resource back', async (t) => {
  await using resources = closeInReverse()
  const pool = { size: 3, end: () => Promise.resolve() }
  t.equal(resources.add(pool).size, 3)
})

test('one that fails and one that never closes are named, and do not stop the rest', async (t) => {
  let closed = false
  const resources = closeInReverse()
  resources.defer('the database', () => (closed = true))
  resources.defer('the socket', () => new Promise(() => undefined), { closeMsMax: 30 })
  resources.add({ close: () => Promise.reject(new Error('disk on fire')) }, { name: 'the log' })
  const error = await Promise.resolve(resources[Symbol.asyncDispose]()).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  t.ok(error instanceof AggregateError)
  t.same(
    (error as AggregateError).errors.map((each: Error) => each.message),
    ['the log did not close: disk on fire', 'the socket did not close: still open after 30 ms.'],
  )
  t.equal(closed, true)
})

test('closing twice closes once', async (t) => {
  let times = 0
  const resources = closeInReverse()
  resources.defer('a counter', () => times++)
  await Promise.all([resources[Symbol.asyncDispose](), resources[Symbol.asyncDispose]()])
  t.equal(times, 1)
  t.throws(() => {
    resources.defer('a late one', () => undefined)
  })
})

test('the first signal asks us to stop; the handlers are then gone, so that a second one ends us', async (t) => {
  const before = process.listenerCount('SIGTERM')
  using watch = watchStopSignals()
  const keepsUsHere = setTimeout(() => undefined, 10_000)
  process.kill(process.pid, 'SIGTERM')
  t.equal(await watch.received, 'SIGTERM')
  clearTimeout(keepsUsHere)
  t.equal(watch.signal.aborted, true)
  t.equal(process.listenerCount('SIGTERM'), before)
})
