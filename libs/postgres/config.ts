import { z } from 'zod'
import { wholeNumber } from '#libs/lifecycle/settings.js'

/** The part of a service's environment that says how to reach Postgres. Spread into the service's own schema. */
export const databaseEnvironment = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('`postgres://user:password@host:port/database`; its user may create schemas there.'),
  DATABASE_POOL_SIZE_MAX: wholeNumber(1, 100)
    .default(10)
    .describe('Connections that one process has at most for reading; the projector has three of its own.'),
  DATABASE_STATEMENT_MS_MAX: wholeNumber(100, 3_600_000)
    .default(30_000)
    .describe(
      'How long a statement may run, and a transaction say nothing, before Postgres ends it, in ms. A replay has no such limit.',
    ),
  DATABASE_CONNECT_MS_MAX: wholeNumber(100, 600_000)
    .default(5_000)
    .describe('How long opening a connection may take, in ms.'),
}

export interface DatabaseConfig {
  readonly url: string
  readonly poolSizeMax: number
  /** How long one statement may run before Postgres cancels it. */
  readonly statementMsMax: number
  readonly connectMsMax: number
}

type DatabaseEnvironment = { [K in keyof typeof databaseEnvironment]: z.output<(typeof databaseEnvironment)[K]> }

export const databaseConfigOf = (environment: DatabaseEnvironment): DatabaseConfig => ({
  url: environment.DATABASE_URL,
  poolSizeMax: environment.DATABASE_POOL_SIZE_MAX,
  statementMsMax: environment.DATABASE_STATEMENT_MS_MAX,
  connectMsMax: environment.DATABASE_CONNECT_MS_MAX,
})
