import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export interface BenchDatabase extends AsyncDisposable {
  readonly url: string
  readonly name: string
}

/** An empty database of its own, or a copy of `template`; dropped with its data when the scope is left. */
export async function openDatabase(adminUrl: string, template?: string): Promise<BenchDatabase> {
  const name = `bench_${randomBytes(6).toString('hex')}`
  await administer(adminUrl, `create database ${name} ${template ? `template ${template}` : ''}`)
  const dispose = () => administer(adminUrl, `drop database if exists ${name} with (force)`)
  return { url: urlOf(adminUrl, name), name, [Symbol.asyncDispose]: dispose }
}

export const urlOf = (adminUrl: string, database: string): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Statements, one after the other, on a connection of their own. */
export async function administer(url: string, ...statements: string[]): Promise<void> {
  await using connection = await connectTo(url)
  for (const statement of statements) await connection.client.query(statement)
}

export interface Connection extends AsyncDisposable {
  readonly client: Client
}

export async function connectTo(url: string): Promise<Connection> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
