import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { t as root, type Test } from 'tap'
import { openStack, removeStack } from '#libs/stack/open-stack.js'

/** A Kafka and a Postgres for one test, as far as it can tell its own. */
export interface TestStack {
  brokers: string[]
  /** An empty database, dropped when the test ends. */
  databaseUrl: string
  /** Before the name of each topic; random, so that tests share a broker and never a topic. */
  topicPrefix: string
}

/**
 * What an integration test runs on: those that `npm test` has started, or ones of its own when the file is run by hand.
 * Everything is taken down when `t` ends.
 */
export async function testStack(t: Test): Promise<TestStack> {
  const { brokers, adminUrl } = fromEnvironment() ?? (await startOwn(t))
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(adminUrl, `create database ${name}`)
  t.teardown(() => administer(adminUrl, `drop database if exists ${name} with (force)`))
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { brokers, databaseUrl: url.href, topicPrefix: `t${randomBytes(6).toString('hex')}.` }
}

/** The Postgres that tests share, as an account that may create databases; for what needs no Kafka. */
export async function sharedPostgres(): Promise<string> {
  return (fromEnvironment() ?? (await startOwn(root))).adminUrl
}

interface Shared {
  brokers: string[]
  adminUrl: string
}

function fromEnvironment(): Shared | undefined {
  const { TEST_KAFKA_BROKERS: brokers, TEST_DATABASE_URL: adminUrl } = process.env
  return brokers && adminUrl ? { brokers: brokers.split(','), adminUrl } : undefined
}

/** One for the whole file, however many of its tests ask. */
let own: Promise<Shared> | undefined

function startOwn(t: Test): Promise<Shared> {
  own ??= openOwn(t)
  return own
}

async function openOwn(t: Test): Promise<Shared> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-test-'))
  const stack = await openStack({ dir, restartsMax: 0 })
  rootOf(t).teardown(async () => {
    await stack[Symbol.asyncDispose]()
    await removeStack(dir)
  })
  return { brokers: stack.kafkaBrokers, adminUrl: stack.databaseUrl }
}

/** Where tests of one file hang from: what they share is taken down after the last of them. */
function rootOf(t: Test): Pick<Test, 'teardown'> {
  let root: Pick<Test, 'teardown' | 'parent'> = t
  while (root.parent && 'teardown' in root.parent) root = root.parent as Test
  return root
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
