import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { gathered } from '#services/api/reads/gather.js'

/** Doubles numbers, and notes which were asked for together; `fails` is asked first. */
const doubling = (fails: (numbers: readonly number[]) => Error | undefined = () => undefined) => {
  const together: (readonly number[])[] = []
  const double = gathered((numbers: readonly number[]) => {
    together.push(numbers)
    const error = fails(numbers)
    return error ? Promise.reject(error) : Promise.resolve(numbers.map((number) => number * 2))
  }, 3)
  return { double, together }
}

t.test('what is asked in one turn is asked at once, up to a bound; each has its own answer', async (t) => {
  const { double, together } = doubling()
  t.strictSame(await Promise.all([1, 2, 3, 4].map(double)), [2, 4, 6, 8])
  t.strictSame(together, [[1, 2, 3], [4]])
  await setImmediate()
  t.equal(await double(5), 10)
  t.strictSame(together.at(-1), [5])
})

t.test('one that cannot be answered does not take the others with it', async (t) => {
  const { double, together } = doubling((numbers) => (numbers.includes(2) ? new Error('2 is too even') : undefined))
  const results = await Promise.allSettled([1, 2, 3].map(double))
  t.strictSame(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.strictSame(together, [[1, 2, 3], [1], [2], [3]])
})

t.test('what ails Postgres is told to all, and not asked again', async (t) => {
  const { double, together } = doubling(() => new LedgerError('NOT_READY'))
  const results = await Promise.allSettled([1, 2].map(double))
  t.match(results, [{ reason: { code: 'NOT_READY' } }, { reason: { code: 'NOT_READY' } }])
  t.equal(together.length, 1)
})
