import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What tells a process from every other one, before and after it: its pid together with the moment it started, since a
 * pid is given out again after a crash or a reboot.
 * @returns undefined if no such process runs. One that has ended but was not yet reaped does not run.
 */
export const identifyProcess = (pid: number): string | undefined =>
  process.platform === 'linux' ? identifyOnLinux(pid) : identifyByPs(pid)

/** Whether the process that once had this identity still runs. */
export const isStillRunning = (pid: number, identity: string): boolean => identifyProcess(pid) === identity

const identifyOnLinux = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`)
  // "pid (name) state … starttime …": the name may hold spaces and brackets, so count from the last bracket.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields?.[0], fields?.[19]]
  if (!startTicks || state === 'Z' || state === 'X') return undefined
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTicks}`
}

const identifyByPs = (pid: number): string | undefined => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  })
  const [state, ...started] = stdout.trim().split(/\s+/)
  return !state || state.startsWith('Z') ? undefined : started.join(' ')
}

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
