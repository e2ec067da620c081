import path from 'node:path'
import { z } from 'zod'

/** How `npm start` runs a ledger. Everything else in the environment is handed on to the services. */
export interface StartConfig {
  /** Data, logs, notes and the development key. */
  dir: string
  /** Absent: started here. */
  kafkaBrokers: string[] | undefined
  databaseUrl: string | undefined
  kafkaPort: number | undefined
  postgresPort: number | undefined
  apiPort: number
  intakePort: number
  /** Absent: the projector's usual one if it is free, else any: nobody needs to know it to use a ledger. */
  projectorPort: number | undefined
  /** Whether an empty ledger gets the seeds. */
  seeds: boolean
}

const PORT = 'must be a port, 1 to 65535'
const port = z
  .string()
  .regex(/^\d{1,5}$/, PORT)
  .transform(Number)
  .refine((number) => number >= 1 && number <= 65_535, PORT)
export const START_ENV = z.object({
  LEDGER_DIR: z.string().min(1).default('.ledger').describe('Folder of data, logs and the development key.'),
  KAFKA_BROKERS: z.string().min(1).optional().describe('A Kafka of yours; not set: one is started.'),
  DATABASE_URL: z.string().min(1).optional().describe('A Postgres of yours; not set: one is started.'),
  KAFKA_PORT: port.optional().describe('Port of the Kafka that is started; not set: any that is free.'),
  POSTGRES_PORT: port.optional().describe('Port of the Postgres that is started; not set: any that is free.'),
  API_PORT: port.default(4000).describe('Port of the api.'),
  INTAKE_PORT: port.default(4001).describe('Port of intake.'),
  PROJECTOR_PORT: port
    .optional()
    .describe('Port of the projector, for health and metrics; not set: 4002 if it is free, else any.'),
  SEEDS: z.stringbool().default(true).describe('Whether an empty ledger gets the 75 statements.'),
})

/** A mistake in the environment; the message lists every one of them. */
export class StartConfigError extends Error {
  override readonly name = 'StartConfigError'
}

/** @throws StartConfigError */
export function parseStartConfig(env: NodeJS.ProcessEnv): StartConfig {
  // an empty variable is one that was not set: that is how compose files and shells write it
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = START_ENV.safeParse(set)
  if (!parsed.success)
    throw new StartConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join('\n'),
    )
  const {
    LEDGER_DIR,
    KAFKA_BROKERS,
    DATABASE_URL,
    KAFKA_PORT,
    POSTGRES_PORT,
    API_PORT,
    INTAKE_PORT,
    PROJECTOR_PORT,
    SEEDS,
  } = parsed.data
  return {
    dir: path.resolve(LEDGER_DIR),
    kafkaBrokers: KAFKA_BROKERS?.split(',').map((broker) => broker.trim()),
    databaseUrl: DATABASE_URL,
    kafkaPort: KAFKA_PORT,
    postgresPort: POSTGRES_PORT,
    apiPort: API_PORT,
    intakePort: INTAKE_PORT,
    projectorPort: PROJECTOR_PORT,
    seeds: SEEDS,
  }
}
