import { setTimeout as sleep } from 'node:timers/promises'

/** No more than these are under way: a machine that cannot keep up is told so by its times, not by its memory. */
const UNDER_WAY_MAX = 2_000

/**
 * Does something so often a second, for some seconds, whether or not what came before has ended.
 * @returns how long each took, from when it was due: waiting for its turn counts
 */
export async function atARate(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  once: () => Promise<void>,
): Promise<number[]> {
  const startMs = performance.now()
  const times: number[] = []
  const underWay = new Set<Promise<void>>()
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueMs = startMs + (index * 1_000) / perSecond
    while (performance.now() < dueMs) await sleep(Math.max(0, dueMs - performance.now()))
    if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay)
    const running = once().then(() => {
      times.push(performance.now() - dueMs)
      underWay.delete(running)
    })
    underWay.add(running)
  }
  await Promise.all(underWay)
  return times
}
