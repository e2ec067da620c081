/** What every subject of one run is measured on. Plain data: it goes to another process as JSON. */
export interface BenchContext {
  readonly brokers: readonly string[]
  /** A database from which others can be made; `databases.ts` does. */
  readonly adminUrl: string
  /** Before the names of the topics, which hold the registry and `events` statement events. */
  readonly topicPrefix: string
  readonly events: number
  /** Where projectors leave CPU profiles (`*.cpuprofile`); absent: none are taken. */
  readonly profileDirectory?: string | undefined
}

/** How many events were done at a moment: read, or committed to Postgres. Moments of one clock, in milliseconds. */
export interface Progress {
  readonly atMs: number
  readonly events: number
}

/** What one round of a subject gave. The first point is where counting begins, the last where it ends. */
export interface Measurement {
  readonly progress: readonly Progress[]
  /** Highest resident memory of the process that did the work, of the largest one if there were several. */
  readonly residentBytesMax: number
}

/** Something that is measured. Each round of it runs in a process of its own, so that none inherits another's heap. */
export interface Subject {
  /** As `--only` takes it. */
  readonly name: string
  /** As the report prints it. */
  readonly title: string
  /** Where it does not need all events to show its pace. */
  readonly eventsMax?: number
  /** Runs once before all rounds, while the topics hold the registry and no statement. */
  prepare?(context: BenchContext): Promise<void>
  run(context: BenchContext): Promise<Measurement>
  /** Removes what its rounds shared, after all of them. */
  cleanUp?(context: BenchContext): Promise<void>
}

/** The memory of this process, for subjects that do their work in it. */
export const ownResidentBytesMax = (): number => process.resourceUsage().maxRSS * 1024
