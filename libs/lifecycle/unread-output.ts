/** 128 + SIGPIPE, as of any command whose reader has gone. */
const UNREAD = 141

/** Ends this process quietly once nobody reads what it prints any more, as in `… | head`. */
export const endWhenUnread = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(UNREAD)
    })
}
