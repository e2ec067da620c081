import { test } from 'tap'
import { parseConfig } from '#services/intake/config.js'

test('settings have defaults that work on one machine', (t) => {
  t.match(parseConfig({ KAFKA_BROKERS: '127.0.0.1:9092', API_URL: 'https://ledger.example/' }), {
    host: '127.0.0.1',
    port: 4001,
    apiUrl: 'https://ledger.example',
    kafka: { brokers: ['127.0.0.1:9092'], ssl: false, topicPrefix: '' },
    corsOrigins: [],
  })
  t.end()
})

test('settings that do not hold are all named at once, and no value is repeated', (t) => {
  const wrong = { KAFKA_BROKERS: 'localhost', INTAKE_PORT: '70000', LOG_LEVEL: 'loud', KAFKA_SASL_PASSWORD: 'hush' }
  t.throws(() => parseConfig(wrong), {
    code: 'CONFIG_INVALID',
    faults: [/^KAFKA_BROKERS\.0: must be host:port/, /^INTAKE_PORT: /, /^LOG_LEVEL: /],
  })
  t.throws(() => parseConfig({}), { code: 'CONFIG_INVALID', faults: ['KAFKA_BROKERS: is not set'] })
  t.throws(() => parseConfig({ KAFKA_BROKERS: 'k:9092', KAFKA_SASL_PASSWORD: 'hush' }), {
    code: 'CONFIG_INVALID',
    faults: [/set all three or none/],
  })
  t.end()
})
