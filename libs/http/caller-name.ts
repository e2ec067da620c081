import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'

/** By what a caller's requests are counted: the key, or else the address. Of IPv6 whoever has one address has its /64. */
export const callerName = (request: FastifyRequest): string => {
  const { keyId } = request.caller
  if (keyId !== null) return keyId
  // the zone of a link-local address is the name of an interface of ours
  const [address = ''] = request.ip.split('%', 1)
  return `address ${normalizeIP(address, IPV6_SUBNET)}`
}

const IPV6_SUBNET = 64
