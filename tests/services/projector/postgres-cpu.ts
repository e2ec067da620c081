import { readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type pg from 'pg'

/** CPU time of one statement of a batch, of its backend's own. */
export interface StatementCost {
  readonly statement: string
  readonly microseconds: number
}

/**
 * Adds up the CPU time that a connection's backend spends on each of its statements, by their first words. On Linux only,
 * and only where one statement runs at a time; wall time would tell nothing on a machine that others use.
 */
export const watchBackend = async (client: pg.Client): Promise<{ costs(): StatementCost[] }> => {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid ?? 0
  const spent = new Map<string, number>()
  const note = (statement: string, from: number) =>
    spent.set(statement, (spent.get(statement) ?? 0) + cpuMicroseconds(pid) - from)
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((...args: unknown[]) => {
    const from = cpuMicroseconds(pid)
    const running = query(...args)
    const statement = nameOf(args[0])
    if (running instanceof Promise) return running.finally(() => note(statement, from))
    const copy = running as Writable
    copy.once('finish', () => note(statement, from))
    return copy
  }) as typeof client.query
  return {
    costs: () =>
      [...spent]
        .map(([statement, microseconds]) => ({ statement, microseconds }))
        .sort((a, b) => b.microseconds - a.microseconds),
  }
}

/** Time on a processor since it started, in the kernel's own nanoseconds. */
const cpuMicroseconds = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000

const nameOf = (statement: unknown): string => {
  if (typeof statement === 'string') return statement.trim().slice(0, 40)
  const { name, text } = statement as { name?: string; text: string }
  return name ?? text.trim().replace(/\s+/g, ' ').slice(0, 30)
}
