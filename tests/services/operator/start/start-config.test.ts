import path from 'node:path'
import t from 'tap'
import { parseStartConfig, StartConfigError } from '#services/operator/start/start-config.js'

t.test('nothing set: everything here, on the usual ports', (t) => {
  t.strictSame(parseStartConfig({}), {
    dir: path.resolve('.ledger'),
    kafkaBrokers: undefined,
    databaseUrl: undefined,
    kafkaPort: undefined,
    postgresPort: undefined,
    apiPort: 4000,
    intakePort: 4001,
    projectorPort: undefined,
    seeds: true,
  })
  t.end()
})

t.test('what is set is used; what is empty is not set', (t) => {
  const env = {
    KAFKA_BROKERS: 'a:1, b:2',
    DATABASE_URL: 'postgres://h/d',
    API_PORT: '5000',
    INTAKE_PORT: '',
    SEEDS: 'false',
  }
  t.match(parseStartConfig(env), {
    kafkaBrokers: ['a:1', 'b:2'],
    databaseUrl: 'postgres://h/d',
    apiPort: 5000,
    intakePort: 4001,
    seeds: false,
  })
  t.end()
})

t.test('every mistake is listed at once', (t) => {
  const env = { API_PORT: '0', INTAKE_PORT: 'x', SEEDS: 'perhaps' }
  t.throws(() => parseStartConfig(env), StartConfigError)
  try {
    parseStartConfig(env)
  } catch (error) {
    t.match((error as Error).message, /API_PORT: must be a port.*\nINTAKE_PORT: must be a port.*\nSEEDS: /s)
  }
  t.end()
})
