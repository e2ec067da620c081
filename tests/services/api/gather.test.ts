import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { connect, openPool } from '#libs/postgres/database.js'
import { gathered } from '#services/api/reads/gather.js'
import { sharedPostgres } from '#tests/stack.js'

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

t.test('a failure that is known already is told to all, and not asked again', async (t) => {
  const { double, together } = doubling(() => new LedgerError('NOT_READY'))
  const results = await Promise.allSettled([1, 2].map(double))
  t.match(results, [{ reason: { code: 'NOT_READY' } }, { reason: { code: 'NOT_READY' } }])
  t.equal(together.length, 1)
})

/** Postgres doubles numbers, all but 2, where it says `state`; how often it is asked, and what each of 1, 2 and 3 is told. */
const askPostgres = async (t: Test, state: string) => {
  const config = { url: await sharedPostgres(), poolSizeMax: 1, statementMsMax: 10_000, connectMsMax: 10_000 }
  const client = await connect(config, { applicationName: 'gather test', onIdleError: () => undefined })
  t.teardown(() => client.end())
  await client.query(`
    create function pg_temp.double(n int, state text) returns int language plpgsql as $$
    begin
      if n = 2 then raise exception 'not 2' using errcode = state; end if;
      return 2 * n;
    end $$`)
  let asked = 0
  const double = gathered(async (numbers: readonly number[]) => {
    asked++
    const text =
      'select pg_temp.double(n, $2) as double from unnest($1::int[]) with ordinality as u (n, at) order by at'
    return (await client.query<{ double: number }>(text, [numbers, state])).rows.map((row) => row.double)
  }, 3)
  const told = (await Promise.allSettled([1, 2, 3].map(double))).map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code,
  )
  return { told, asked }
}

for (const state of ['22003', '22P02', '22021', '54000'])
  t.test(`a value that Postgres cannot take (${state}) is the fault of one question`, async (t) => {
    t.strictSame(await askPostgres(t, state), { told: [2, state, 6], asked: 4 })
  })

for (const state of ['08006', '40001', '42P01', '53100', '53200', '53300', '57014', '57P01', 'XX000'])
  t.test(`what Postgres would say to each (${state}) is told to all, and not asked again`, async (t) => {
    t.strictSame(await askPostgres(t, state), { told: [state, state, state], asked: 1 })
  })

t.test('a Postgres that is away is not asked once for each', async (t) => {
  const config = { url: 'postgres://127.0.0.1:1/none', poolSizeMax: 1, statementMsMax: 1_000, connectMsMax: 1_000 }
  const pool = openPool(config, { applicationName: 'gather test', onIdleError: () => undefined })
  t.teardown(() => pool.end())
  let asked = 0
  const read = gathered(async (numbers: readonly number[]) => {
    asked++
    return (await pool.query<{ n: number }>('select unnest($1::int[]) as n', [numbers])).rows
  }, 3)
  const results = await Promise.allSettled([1, 2, 3].map(read))
  t.match(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  t.equal(asked, 1)
})
