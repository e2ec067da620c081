import autocannon from 'autocannon'
import type { ServerProcess } from './server-process.js'

export const CONNECTIONS = 64

/** One request that is sent again and again. */
export interface LoadRequest {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What one round gave. */
export interface Load {
  readonly requestsPerSecond: number
  /** Of the server's process, a request. */
  readonly cpuMicroseconds: number
  readonly p99Ms: number
}

/**
 * Loads a server by 64 connections, each of which asks again as soon as it is answered; together they ask for all
 * requests in turn. @throws Error if any answer is not of the expected status
 */
export async function loadServer(
  server: ServerProcess,
  { requests, status, seconds }: { requests: readonly LoadRequest[]; status: 200 | 304; seconds: number },
): Promise<Load> {
  let connections = 0
  const cpuBeforeMs = server.cpuMs()
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: seconds,
    sampleInt: 100,
    setupClient: (client) => client.setRequests(shareOf(requests, connections++)),
  })
  const cpuMs = server.cpuMs() - cpuBeforeMs
  const answered = status === 200 ? result['2xx'] : result['3xx']
  const others = result['1xx'] + result['2xx'] + result['3xx'] + result['4xx'] + result['5xx'] - answered
  if (others > 0 || result.errors > 0 || result.timeouts > 0 || answered === 0)
    throw new Error(`${others} answers were not ${status}; ${result.errors} errors, ${result.timeouts} timeouts`)
  return {
    requestsPerSecond: answered / result.duration,
    cpuMicroseconds: (cpuMs * 1_000) / answered,
    p99Ms: result.latency.p99,
  }
}

/** Every 64th request, from that of its own number on: no two connections ask for the same in step. */
export function shareOf(requests: readonly LoadRequest[], connection: number): autocannon.Request[] {
  const first = connection % CONNECTIONS
  const share = requests.filter((_, index) => index % CONNECTIONS === first % Math.min(CONNECTIONS, requests.length))
  return share.map(({ path, headers }) => ({ path, headers: { ...headers } }))
}
