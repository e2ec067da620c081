import { runCommand } from '../processes/run-command.js'

/** Whom PostgreSQL runs as. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** As root, PostgreSQL must run as someone else; everyone else runs it as oneself. */
export const isRoot = (): boolean => process.getuid?.() === 0

/** The operating system's user `postgres`, or undefined if it has none. */
export const findPostgresUser = async (env: NodeJS.ProcessEnv): Promise<SystemUser | undefined> => {
  const [uid, gid] = await Promise.all([numericId('-u', env), numericId('-g', env)])
  return uid && gid ? { name: NAME, uid, gid } : undefined
}

/** Whether this user (or, if undefined, ourselves) can enter a directory: every one above it may be closed to others. */
export const canEnter = async (directory: string, user: SystemUser | undefined): Promise<boolean> =>
  (await runCommand('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { env: {}, user, msMax: 5_000 })).ok

const NAME = 'postgres'

const numericId = async (flag: '-u' | '-g', env: NodeJS.ProcessEnv): Promise<number | undefined> => {
  const { ok, output } = await runCommand('id', [flag, NAME], {
    env: { PATH: env.PATH ?? '/usr/bin:/bin' },
    msMax: 5_000,
  })
  return ok ? Number(output) : undefined
}
