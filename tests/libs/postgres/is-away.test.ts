import pg from 'pg'
import t from 'tap'
import { isAway } from '#libs/postgres/database.js'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
const ofState = (code: string) => Object.assign(new pg.DatabaseError(code, code.length, 'error'), { code })

t.test('Postgres is away when there is no connection, one broke, or the server stops or starts', (t) => {
  t.ok(isAway(refused))
  t.ok(isAway(new AggregateError([refused, refused])), 'localhost on two addresses')
  t.ok(isAway(new Error('Connection terminated unexpectedly')))
  t.ok(isAway(new Error('timeout exceeded when trying to connect')))
  t.ok(isAway(ofState('57P01')), 'admin_shutdown')
  t.ok(isAway(ofState('57P03')), 'cannot_connect_now')
  t.end()
})

t.test('it is not away when it refuses what was asked, nor when the mistake is ours', (t) => {
  t.notOk(isAway(ofState('57014')), 'query_canceled: a statement that took too long')
  t.notOk(isAway(ofState('42P01')))
  t.notOk(isAway(new TypeError('x is not a function')))
  t.notOk(isAway('away'))
  t.end()
})
