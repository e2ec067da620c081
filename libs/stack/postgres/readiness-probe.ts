import { connect } from 'node:net'
import { LOOPBACK } from '../ports.js'

/**
 * Whether a PostgreSQL on this port lets clients in: asked to open a session, it asks for a password ('R'). One that is
 * still recovering answers with an error ('E') instead. libs/postgres has the real client; this asks without a password.
 */
export const postgresServes = (port: number, user: string, database: string, msMax = 1_000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: msMax })
    const settle = (serves: boolean): void => {
      socket.destroy()
      resolve(serves)
    }
    socket.once('connect', () => socket.write(startupMessage(user, database)))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.once('data', (answer) => settle(answer.toString('latin1', 0, 1) === 'R'))
  })

/** size int32 | protocol 3.0 int32 | name and value, each ended by a zero, and a last zero */
const startupMessage = (user: string, database: string): Buffer => {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`)
  const message = Buffer.alloc(8 + parameters.length)
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(3 << 16, 4)
  parameters.copy(message, 8)
  return message
}
