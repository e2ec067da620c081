import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

export const LOOPBACK = '127.0.0.1'
export const LOWEST_FREE_PORT = 15_000
const TRIES_MAX = 100

/** Whether nothing listens on this port of the loopback interface, so that we can. */
export const isPortFree = async (port: number): Promise<boolean> =>
  // Some systems let us bind beside a listener on every interface: ask first whether anyone answers.
  !(await answers(port)) && (await canBind(port))

/**
 * A free port below the range from which the system takes the ports of outgoing connections. From within it, a client
 * that keeps trying to reach a server which was just killed can be given the server's own port, and so take it away.
 * @throws Error if a hundred random ports were all taken
 */
export const findFreePort = async (taken: readonly number[] = []): Promise<number> => {
  const highest = lowestOutgoingPort() - 1
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const port = LOWEST_FREE_PORT + Math.floor(Math.random() * (highest - LOWEST_FREE_PORT))
    if (!taken.includes(port) && (await isPortFree(port))) return port
  }
  throw new Error(`No free port between ${LOWEST_FREE_PORT} and ${highest}.`)
}

const lowestOutgoingPort = (): number => {
  try {
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0])
    return lowest > LOWEST_FREE_PORT + 1_000 ? lowest : 32_768
  } catch {
    return 32_768 // not Linux; macOS begins at 49152
  }
}

const canBind = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)))
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK, timeout: 500 })
    const settle = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(true))
    socket.once('error', () => settle(false))
  })
