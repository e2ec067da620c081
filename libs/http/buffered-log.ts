import { pino, type Logger } from 'pino'

const WRITE_CHARACTERS = 8_192
const WRITE_EVERY_MS = 200

/**
 * A log on standard output that is written some lines at a time: a line a request, each written by itself, costs a sixth of
 * reading a position. Lines come out within 200 ms, and when the process ends, by an exception too; kill -9 can take the
 * last ones with it, so what must not be lost, such as an audit, is not for this.
 */
export function bufferedLog(service: string, level: string): Logger {
  const destination = pino.destination({ fd: 1, sync: true })
  // gathered here: the destination could do it, but measures all that it has gathered again with every line
  let lines = ''
  const flush = (): void => {
    const written = lines
    lines = ''
    if (written !== '') destination.write(written)
  }
  setInterval(flush, WRITE_EVERY_MS).unref()
  process.once('exit', () => {
    flush()
    destination.flushSync()
  })
  return pino(
    { level, base: { service } },
    {
      write: (line) => {
        lines += line
        if (lines.length >= WRITE_CHARACTERS) flush()
      },
    },
  )
}
