import { setTimeout as sleep } from 'node:timers/promises'
import { RequestError } from '#libs/client/request.js'
import type { LedgerClient } from '#libs/client/ledger-client.js'

const WAIT_MS_MAX = 30_000
const POLL_MS = 50

/**
 * Waits until the api knows the development key. A key is an event: when intake has just issued it, it is still on its way
 * through the projector.
 * @throws RequestError if it does not arrive in time, or for any other reason not to answer
 */
export async function untilKeyIsKnown(client: LedgerClient, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + WAIT_MS_MAX
  for (;;) {
    try {
      await client.read('/v1/statements?limit=1')
      return
    } catch (error) {
      const onItsWay = error instanceof RequestError && error.code === 'KEY_INVALID'
      if (!onItsWay || performance.now() > giveUpAt) throw error
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
