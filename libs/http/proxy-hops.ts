import { z } from 'zod'
import { wholeNumber } from '#libs/lifecycle/settings.js'

/** A setting: how many proxies of ours stand in front of a service. */
export const proxyHops = z
  .union([wholeNumber(0, 10), z.stringbool().transform(Number)], {
    error: 'must be a number of proxies from 0 to 10, or true or false',
  })
  .default(0)
  .describe(
    'How many proxies of yours stand in front; `true` is one. Callers are counted by the address that the outermost one saw.',
  )
