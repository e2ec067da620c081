import { connect } from 'node:net'
import { LOOPBACK } from '../ports.js'

/**
 * Whether a Kafka on this port serves: it answers a Metadata request and names at least one broker. libs/kafka has the real
 * client; here one request suffices, and an open port alone would not tell, since a broker listens before it serves.
 */
export const kafkaServes = (port: number, msMax = 1_000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: msMax })
    let received = Buffer.alloc(0)
    const settle = (serves: boolean): void => {
      socket.destroy()
      resolve(serves)
    }
    socket.once('connect', () => socket.write(METADATA_REQUEST))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= BROKER_COUNT_AT + 4) settle(received.readInt32BE(BROKER_COUNT_AT) > 0)
    })
  })

/** size int32 | api key int16 = 3 | version int16 = 1 | correlation id int32 | client id: -1 = none | topics: 0 of them */
const METADATA_REQUEST = ((): Buffer => {
  const request = Buffer.alloc(18)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(3, 4)
  request.writeInt16BE(1, 6)
  request.writeInt32BE(1, 8)
  request.writeInt16BE(-1, 12)
  request.writeInt32BE(0, 14)
  return request
})()

/** The answer: size int32 | correlation id int32 | number of brokers int32 | … */
const BROKER_COUNT_AT = 8
