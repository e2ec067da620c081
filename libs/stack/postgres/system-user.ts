import { runCommand } from '../processes/run-command.js'

/** Whom PostgreSQL runs as. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** As root, PostgreSQL must run as someone else; everyone else runs it as oneself. */
export const isRoot = (): boolean => process.getuid?.() === 0

/** A user of the operating system by name, or undefined if there is none. Root is none: PostgreSQL refuses it. */
export const findSystemUser = async (name: string): Promise<SystemUser | undefined> => {
  const [uid, gid] = await Promise.all([numericId('-u', name), numericId('-g', name)])
  return uid && gid ? { name, uid, gid } : undefined
}

/** Whether this user (or, if undefined, ourselves) can enter a directory: every one above it may be closed to others. */
export const canEnter = async (directory: string, user: SystemUser | undefined): Promise<boolean> =>
  (await runCommand('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { env: {}, user, msMax: 5_000 })).ok

const numericId = async (flag: '-u' | '-g', name: string): Promise<number | undefined> => {
  const { ok, output } = await runCommand('id', [flag, name], { env: { PATH: '/usr/bin:/bin' }, msMax: 5_000 })
  return ok ? Number(output) : undefined
}
