import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { ClientOptions } from '#libs/client/ledger-client.js'
import { UsageError } from './command.js'
import { readServiceAddresses } from './start/service-addresses.js'

/** Which ledger a command works on: by option, by environment, else the one that `npm start` runs on this machine. */
export type Connection = Pick<ClientOptions, 'intakeUrl' | 'apiUrl' | 'key'>

export const withConnectionOptions = (command: Command): Command =>
  command
    .option('--intake <url>', 'where intake listens (INTAKE_URL; default: that of .ledger, else http://127.0.0.1:4001)')
    .option('--api <url>', 'where the api listens (API_URL; default: that of .ledger, else http://127.0.0.1:4000)')
    .option('--key <key>', 'API key (LEDGER_KEY; default: the one in .ledger/development-key)')

const Url = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ''))
const Env = z.object({
  INTAKE_URL: Url.optional(),
  API_URL: Url.optional(),
  INTAKE_PORT: z.string().optional(),
  API_PORT: z.string().optional(),
  LEDGER_KEY: z.string().optional(),
  LEDGER_DIR: z.string().default('.ledger'),
})

/** @throws UsageError */
export function connectionOf(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Connection {
  const parsed = Env.safeParse({
    ...env,
    ...(flags.intake === undefined ? {} : { INTAKE_URL: flags.intake }),
    ...(flags.api === undefined ? {} : { API_URL: flags.api }),
  })
  if (!parsed.success)
    throw new UsageError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const { INTAKE_URL, API_URL, INTAKE_PORT, API_PORT, LEDGER_KEY, LEDGER_DIR } = parsed.data
  const here = readServiceAddresses(LEDGER_DIR)
  return {
    intakeUrl: INTAKE_URL ?? onThisMachine(INTAKE_PORT) ?? here?.intakeUrl ?? 'http://127.0.0.1:4001',
    apiUrl: API_URL ?? onThisMachine(API_PORT) ?? here?.apiUrl ?? 'http://127.0.0.1:4000',
    key: typeof flags.key === 'string' ? flags.key : (LEDGER_KEY ?? keyIn(LEDGER_DIR)),
  }
}

const onThisMachine = (port: string | undefined): string | undefined => (port ? `http://127.0.0.1:${port}` : undefined)

/** The key that `npm start` made for this machine. A command that needs none works without it. */
function keyIn(directory: string): string | undefined {
  try {
    return readFileSync(path.join(directory, 'development-key'), 'utf8').trim()
  } catch {
    return undefined
  }
}
