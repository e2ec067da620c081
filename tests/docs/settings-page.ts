import { z } from 'zod'
import { KAFKA_ENV } from '#libs/kafka/config.js'
import { databaseEnvironment } from '#libs/postgres/config.js'
import { API_ENV } from '#services/api/config.js'
import { INTAKE_ENV } from '#services/intake/config.js'
import { START_ENV } from '#services/operator/start/start-config.js'
import { PROJECTOR_ENV } from '#services/projector/config.js'
import { RELAY_ENV, RELAY_PROCESS_ENV } from '#services/projector/relay/config.js'
import { REPLAY_ENV } from '#services/projector/replay/replay-config.js'

interface Section {
  readonly title: string
  readonly text: string
  readonly schema: z.ZodObject
  /** Settings that another section has already. */
  readonly without?: Readonly<Record<string, unknown>>
}

const SHARED = { ...KAFKA_ENV, ...databaseEnvironment }

const SECTIONS: readonly Section[] = [
  {
    title: 'npm start',
    text: 'What it hands on to the services it starts is all below; these are its own.',
    schema: START_ENV,
  },
  {
    title: 'Kafka',
    text: 'Of intake, projector, relay and replay. The api serves all but the live stream without; a replay from the journal needs none.',
    schema: z.object(KAFKA_ENV),
  },
  { title: 'Postgres', text: 'Of projector, relay, api and replay.', schema: z.object(databaseEnvironment) },
  { title: 'Intake', text: '`node dist/services/intake/server.js`', schema: INTAKE_ENV, without: SHARED },
  {
    title: 'Projector',
    text: '`node --max-semi-space-size=64 dist/services/projector/server.js`',
    schema: PROJECTOR_ENV,
    without: { ...SHARED, ...RELAY_ENV },
  },
  {
    title: 'Relay',
    text: 'In the projector, or by itself (`node dist/services/projector/relay/server.js`), where the last three count, too.',
    schema: RELAY_PROCESS_ENV,
    without: SHARED,
  },
  {
    title: 'API',
    text: '`node --max-semi-space-size=32 dist/services/api/server.js`',
    schema: API_ENV,
    without: SHARED,
  },
  {
    title: 'Replay and promotion',
    text: '`ledger replay`, `compare` and `promote`.',
    schema: REPLAY_ENV,
    without: SHARED,
  },
]

/** A setting as JSON Schema has it. */
interface Setting {
  readonly name: string
  readonly isRequired: boolean
  readonly description: string
  readonly default: string | number | boolean | undefined
  readonly enum: readonly string[] | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
}

/** What a process reads from its environment, by its own schema. */
const settingsOf = (schema: z.ZodObject): Setting[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  // what a text is made into has its default there, not among the texts
  const { properties: made = {} } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, rule]) => {
    const one = rule as Partial<Setting>
    return {
      name,
      isRequired: required.includes(name),
      description: one.description ?? '',
      default: one.default ?? (made[name] as Partial<Setting>).default,
      enum: one.enum,
      minimum: one.minimum,
      maximum: one.maximum,
    }
  })
}

/** docs/settings.md, by the schemas that the processes themselves read their environment with. */
export const settingsPage = (): string =>
  [
    '# Settings',
    '',
    'All settings are environment variables; an empty one counts as not set. A process that is told something that does not hold says all that',
    'is wrong and does not start; it repeats no value, since some are secrets. How `ledger` finds a ledger is in [operating](operating.md). This page is',
    'written from the schemas that the processes read their environment with (`npm run settings:page`), and a test holds it to them.',
    '',
    ...SECTIONS.flatMap(({ title, text, schema, without = {} }) => [
      `## ${title}`,
      '',
      text,
      '',
      '| setting | default | values | |',
      '|---|---|---|---|',
      ...settingsOf(schema)
        .filter(({ name }) => !(name in without))
        .map(rowOf),
      '',
    ]),
  ].join('\n')

const rowOf = (setting: Setting): string =>
  `| \`${setting.name}\` | ${defaultOf(setting)} | ${valuesOf(setting)} | ${setting.description} |`

const defaultOf = ({ default: value, isRequired }: Setting): string => {
  if (isRequired) return '*to be set*'
  if (value === undefined || value === '') return ''
  return `\`${value}\``
}

const valuesOf = ({ enum: values, minimum, maximum, default: value }: Setting): string => {
  if (values !== undefined) return values.map((one) => `\`${one}\``).join(', ')
  if (typeof value === 'boolean') return '`true`, `false`'
  return minimum === undefined || maximum === undefined ? '' : `${minimum} to ${maximum}`
}

export const allSettings = (): Setting[] => SECTIONS.flatMap(({ schema }) => settingsOf(schema))
