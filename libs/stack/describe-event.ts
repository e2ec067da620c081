import type { ProcessEvent } from './supervise.js'

/** What happened to a process, for a person: one sentence, and the last log lines where they say why. */
export const describeEvent = (event: ProcessEvent): string => {
  switch (event.kind) {
    case 'ready':
      return `${event.name} is ready (process ${event.pid}, after ${event.readyAfterMs} ms).`
    case 'exited':
      return `${event.name} (process ${event.pid ?? 'none'}) ended unexpectedly: ${event.how}.${quote(event.lastLines)}`
    case 'restarting':
      return `${event.name} is started again in ${event.delayMs} ms (${event.restart} of at most ${event.restartsMax}).`
    case 'gaveUp':
      return `${event.name} is not started again: ${event.restartsMax} restarts are the bound.${quote(event.lastLines)}`
    case 'stopped':
      return `${event.name} has stopped.`
  }
}

const quote = (lines: string[]): string =>
  lines.length === 0 ? '' : ` Its last log lines:\n${lines.map((line) => `  ${line}`).join('\n')}`
