import { setTimeout as sleep } from 'node:timers/promises'

/** No more than these are under way: a machine that cannot keep up is told so by its times, not by its memory. */
const UNDER_WAY_MAX = 2_000

/** What has not ended so long after the last was due never will: a full disk, a process that is gone. */
const STRAGGLE_MS_MAX = 60_000

/**
 * Does something so often a second, for some seconds, whether or not what came before has ended.
 * @returns how long each took, from when it was due: waiting for its turn counts
 * @throws Error where some of it does not end
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
  await Promise.race([Promise.all(underWay), sleep(STRAGGLE_MS_MAX, undefined, { ref: false })])
  if (underWay.size > 0) throw new Error(`${underWay.size} of ${perSecond * seconds} have not ended in time`)
  return times
}
