import { spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DerivedEvent } from '#libs/contracts/derived-events.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { ended } from '#tests/services/projector/replay/command-result.js'
import { liveSchema } from './check-outcomes.js'
import { untilDone, type FaultyLedger } from './faulty-ledger.js'

/** `killed`: from the journal, killed in the middle, and gone on with. */
export type ReplayCheck = 'journal' | 'kafka' | 'killed'

/** Builds the read models anew and has the command compare them. @returns what is wrong, in sentences */
export const checkReplay = async (ledger: FaultyLedger, check: ReplayCheck): Promise<readonly string[]> => {
  if (check === 'killed') await killReplay(ledger)
  const args = ['replay', '--json', ...(check === 'kafka' ? ['--from', 'kafka'] : [])]
  const { code, out, err } = await run(ledger, 'operator/main.js', ...args)
  if (code !== 0) return [`it ended with exit code ${code}: ${out} ${err.slice(-2_000)}`]
  const { generation, resumed } = JSON.parse(out) as { generation: number; resumed: boolean }
  const retired = await run(ledger, 'operator/main.js', 'retire', String(generation))
  return [
    ...(resumed === (check === 'killed') ? [] : [`resumed is ${resumed}`]),
    ...(retired.code === 0 ? [] : [`generation ${generation} was not retired: ${retired.err}`]),
  ]
}

const script = (name: string): string => path.join(PROJECT_DIRECTORY, 'dist', 'services', name)
const start = ({ env }: FaultyLedger, name: string, ...args: string[]) =>
  spawn(process.execPath, [script(name), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
const run = async (ledger: FaultyLedger, name: string, ...args: string[]) => {
  const child = start(ledger, name, ...args)
  const stop = () => child.kill()
  ledger.signal.addEventListener('abort', stop)
  try {
    const result = await ended(child)
    ledger.signal.throwIfAborted()
    return result
  } finally {
    ledger.signal.removeEventListener('abort', stop)
  }
}

/** Once a part beside the registry is loaded. One that is through before that is seen is dropped, and another begun. */
const killReplay = async (ledger: FaultyLedger): Promise<void> => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const child = start(ledger, 'projector/replay/main.js', 'replay', '--json')
    const result = ended(child)
    try {
      while (child.exitCode === null && (await ledger.rows(HALF_LOADED)).length === 0) await sleep(1)
    } finally {
      child.kill('SIGKILL')
    }
    const { out } = await result
    ledger.signal.throwIfAborted()
    await untilLockIsFree(ledger)
    if (out === '') return
    const { generation } = JSON.parse(out) as { generation: number }
    await run(ledger, 'operator/main.js', 'retire', String(generation))
  }
  throw new Error('no replay could be killed in the middle')
}

const HALF_LOADED = `
  select
    from ledger.replay
    join ledger.checkpoint using (generation)
   where phase <> 'ready'
   group by generation
  having count(*) > 1`

/** Postgres takes a moment to notice that a client is gone. */
const untilLockIsFree = (ledger: FaultyLedger): Promise<void> =>
  untilDone(async () => {
    const held = await ledger.rows(`select from pg_locks where locktype = 'advisory' and classid = 7302`)
    if (held.length > 0) throw new Error('the lock of the replay is held')
  }, ledger.signal)

/** What a consumer that reads what is committed makes of the derived topics. @returns what is wrong, in sentences */
export const checkTopics = async (ledger: FaultyLedger): Promise<readonly string[]> => {
  const { numbers, said, positions } = await readTopics(ledger)
  const schema = await liveSchema(ledger)
  const held = await ledger.rows<{ key: string; body: string }>(
    `select concat_ws('|', actor, matter, facet) as key, body from ${schema}.position`,
  )
  const revisions = await ledger.rows<{ id: string; said: string }>(
    `select id, revision || ' ' || revoked as said from ${schema}.change
      union all select id, revision || ' ' || revoked from ${schema}.conflict`,
  )
  const latest = new Map(said.map(({ id, revision, revoked }) => [id, `${revision} ${revoked}`]))
  const misplaced = numbers.find((number, index) => number !== index + 1)
  const distinct = new Set(said.map(({ id, revision }) => `${id} ${revision}`)).size
  const differing = held.filter(({ key, body }) => positions.get(key) !== body).map(({ key }) => key)
  const unsaid = revisions.filter((row) => latest.get(row.id) !== row.said).map(({ id }) => id)
  return [
    ...(held.length === 0 || numbers.length === 0 ? ['there are no positions or no changes to compare'] : []),
    ...(misplaced === undefined ? [] : [`the changes are not numbered one after the other: ${misplaced}`]),
    ...(distinct === said.length ? [] : [`${said.length - distinct} revisions of changes were said twice`]),
    ...differing.slice(0, 5).map((key) => `the last message on ${key} is not its position`),
    ...(positions.size === held.length
      ? []
      : [`${positions.size} positions are on the topic, ${held.length} in the table`]),
    ...unsaid.slice(0, 5).map((id) => `the latest revision of ${id} was not said`),
    ...(latest.size === revisions.length
      ? []
      : [`${latest.size} changes and conflicts were said, ${revisions.length} are there`]),
  ]
}

interface Said {
  readonly id: string
  readonly revision: number | null
  readonly revoked: boolean
}

const readTopics = async ({ kafka }: FaultyLedger) => {
  const numbers: number[] = []
  const said: Said[] = []
  const positions = new Map<string, string>()
  await using follower = await followTopics(kafka, {
    name: 'faults',
    topics: [
      { role: 'changes', from: 'beginning' },
      { role: 'positions', from: 'beginning' },
    ],
    onBatch: ({ topicRole, records }) => {
      for (const { key, value } of records) {
        if (topicRole === 'changes') {
          const { data } = DerivedEvent.parse(JSON.parse(String(value)))
          numbers.push(data.number)
          said.push('change' in data ? data.change : data.conflict)
        } else if (value === null) positions.delete(String(key))
        else positions.set(String(key), String(value))
      }
    },
  })
  if (!(await follower.waitUntilCaughtUp(120_000))) throw new Error('the derived topics were not read to their ends')
  return { numbers, said, positions }
}
