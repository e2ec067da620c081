const HEARTBEAT_LOOK_MS = 500

/** Waits for room while the group hears from us. A heartbeat that fails ends the wait: the assignment is over. */
export async function whileBeating(taken: Promise<unknown>, heartbeat: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const lost = new Promise<never>((_, reject) => {
    timer = setInterval(() => void heartbeat().catch(reject), HEARTBEAT_LOOK_MS)
  })
  try {
    await Promise.race([taken, lost])
  } finally {
    clearInterval(timer)
  }
}
