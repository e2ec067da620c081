import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import { endOffsets } from '#libs/kafka/topics.js'
import { SOURCE_TOPIC_ROLES, type SourceTopicRole } from '#libs/contracts/topics.js'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { buildIntake, type BuiltIntake } from '#services/intake/app.js'
import { parseConfig } from '#services/intake/config.js'
import { testStack } from '#tests/stack.js'

export interface TestIntake {
  readonly intake: BuiltIntake
  readonly kafka: KafkaConnection
  readonly key: string
  /** Posts JSON with the key, and headers of the caller's beside. */
  post: (url: string, body: unknown, headers?: Record<string, string>) => Promise<LightMyRequestResponse>
  /** Posts exactly these headers and bytes. */
  send: (url: string, payload: string | Buffer, headers: Record<string, string>) => Promise<LightMyRequestResponse>
  /** How many records stand on the three topics. */
  recordCount: () => Promise<number>
  /** Every event on a topic, in the order of its partitions. */
  eventsOn: (role: SourceTopicRole) => Promise<LedgerEvent[]>
  /** Stops this intake and starts another on the same topics. */
  restart: () => Promise<TestIntake>
}

/** An intake on topics of the test's own, with a key that may do everything. Closed when the test ends. */
export async function testIntake(t: Test, environment: Record<string, string> = {}): Promise<TestIntake> {
  const { brokers, topicPrefix } = await testStack(t)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'intake-test-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return startIntake(t, {
    KAFKA_BROKERS: brokers.join(','),
    TOPIC_PREFIX: topicPrefix,
    INTAKE_BOOTSTRAP_KEY_FILE: path.join(dir, 'key'),
    ...environment,
  })
}

/** One more intake on the same topics, as another process would be. */
export async function startIntake(t: Test, environment: Record<string, string>): Promise<TestIntake> {
  const config = parseConfig(environment)
  const kafka = await connectKafka({ ...config.kafka, clientId: `test-${randomUUID()}` })
  const intake = await buildIntake(config, kafka, pino({ level: 'silent' }))
  let closed: Promise<void> | undefined
  const close = () => (closed ??= intake.close().then(() => kafka.close()))
  t.teardown(close)
  const key = readFileSync(environment.INTAKE_BOOTSTRAP_KEY_FILE ?? '', 'utf8').trim()
  const send: TestIntake['send'] = (url, payload, headers) =>
    intake.app.inject({ method: 'POST', url, payload, headers })
  return {
    intake,
    kafka,
    key,
    send,
    post: (url, body, headers = {}) =>
      send(url, JSON.stringify(body), {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        ...headers,
      }),
    recordCount: async () => {
      const ends = await endOffsets(kafka, SOURCE_TOPIC_ROLES)
      return Number([...ends.values()].reduce((sum, end) => sum + end))
    },
    eventsOn: (role) => eventsOn(kafka, role),
    restart: async () => {
      await close()
      return startIntake(t, environment)
    },
  }
}

async function eventsOn(kafka: KafkaConnection, role: SourceTopicRole): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role, from: 'beginning' }],
    onBatch: (batch) => void events.push(...batch.records.map(({ value }) => JSON.parse(String(value)) as LedgerEvent)),
  })
  if (!(await follower.waitUntilCaughtUp(20_000))) throw new Error(`${role} could not be read`)
  return events
}

/** Registers what the statements of these tests refer to. */
export async function registerBasics({ post }: TestIntake): Promise<void> {
  const things: [string, object][] = [
    ['/v1/actors', { id: 'irn', kind: 'STATE', name: 'Iran', aliases: ['Tehran', 'Islamic Republic of Iran'] }],
    ['/v1/actors', { id: 'rus', kind: 'STATE', name: 'Russia' }],
    ['/v1/actors', { id: 'h-amir-abdollahian', kind: 'PERSON', name: 'Hossein Amir-Abdollahian' }],
    [
      '/v1/offices',
      { id: 'irn.fm', title: 'Foreign minister', holder: 'h-amir-abdollahian', actor: 'irn', authority: 'PRINCIPAL' },
    ],
    ['/v1/dossiers', { id: 'ukraine-war', title: 'Arms for the war in Ukraine' }],
    ['/v1/dossiers', { id: 'elsewhere', title: 'Another' }],
    [
      '/v1/matters',
      { id: 'irn-rus.uav', dossier: 'ukraine-war', title: 'Drones', parties: [{ actor: 'Tehran', role: 'SUPPLIER' }] },
    ],
    ['/v1/matters', { id: 'other', dossier: 'elsewhere', title: 'Another matter' }],
    ['/v1/sources', { id: 'irna', name: 'IRNA' }],
  ]
  for (const [url, body] of things) {
    const response = await post(url, body)
    if (response.statusCode !== 202) throw new Error(`${url}: ${response.body}`)
  }
}

/** A statement that is taken; `fields` replace what matters to the case. */
export const statement = (fields: object = {}): Record<string, unknown> => ({
  dossier: 'ukraine-war',
  speaker: 'h-amir-abdollahian',
  office: 'irn.fm',
  onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
  act: 'DENY',
  stances: [{ matter: 'irn-rus.uav', facet: 'FACT', value: 'DENY' }],
  evidence: [
    { report: 'report-1', published: '2022-10-20', said: '2022-10-20', quote: 'We have not.', fidelity: 'TRANSLATED' },
  ],
  ...fields,
})
