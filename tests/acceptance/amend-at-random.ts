import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { EventLine, LedgerClient } from '#libs/client/ledger-client.js'
import type { Evidence, StatementData } from '#libs/contracts/statement-events.js'
import { AUTHORITIES, VALUES } from '#libs/contracts/vocabulary.js'
import { readCaseFile, type CaseFile } from '../conformance/case-file.js'
import { caseIds, caseRegistryLines, sharedLines, statementLines } from '../conformance/case-lines.js'
import { seededRandom, type Random } from '../conformance/random.js'
import { expectedOf, readDossier, readingsOf } from './dossier-readings.js'
import type { RecordedFacts } from './recorded-facts.js'

const CASES = 8
const ROUNDS = 3

export interface RandomAmendments {
  readonly served: { apiUrl: string; client: LedgerClient }
  readonly facts: RecordedFacts
  readonly seed: number
}

/**
 * A few of the fold cases, and on top of them, round by round, amendments of everything by chance: after each round every
 * dossier is served as the same facts fold in this process, and in the end each round again with `knownAt`.
 */
export async function amendAtRandom(t: Test, { served, facts, seed }: RandomAmendments): Promise<void> {
  const random = seededRandom(seed)
  const run = `random-${seed}`
  const file = drawCases(readCaseFile('tests/data/fold-cases/cases.jsonl'), random)
  const dossiers = file.cases.map((one) => caseIds(run, one).dossier)
  const world = await recordCases(run, file, facts, random)
  const rounds: { at: string; texts: string[] }[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    await world.amend(random)
    const ledger = facts.inMemory()
    const texts: string[] = []
    for (const dossier of dossiers) {
      const read = await readDossier(served, dossier)
      t.strictSame(readingsOf(read), expectedOf(ledger, dossier), `round ${round}: ${dossier}`)
      texts.push(read.positionsText)
    }
    await sleep(5)
    rounds.push({ at: new Date().toISOString(), texts })
    await sleep(5)
  }
  await untilKnown(served.apiUrl, dossiers[0] ?? '', rounds.at(-1)?.at ?? '')
  for (const [round, { at, texts }] of rounds.entries())
    for (const [index, dossier] of dossiers.entries()) {
      const then = await readDossier(served, dossier, `&knownAt=${at}`)
      t.equal(then.positionsText, texts[index], `as known after round ${round + 1}: ${dossier}`)
    }
}

const drawCases = ({ matters, cases }: CaseFile, random: Random): CaseFile => ({
  matters,
  cases: Array.from({ length: CASES }, () => cases[random.between(0, cases.length - 1)]).filter(
    (one, index, all) => one !== undefined && all.indexOf(one) === index,
  ) as CaseFile['cases'],
})

interface World {
  /** One round: a third of the statements, and some of the registry. */
  amend(random: Random): Promise<void>
}

/** A statement as far as its amendments have to know it. */
interface Known {
  readonly id: string
  readonly data: StatementData
  codingEvent: string
  /** It was merged with another one: it is neither voided nor merged again. */
  merged: boolean
}

async function recordCases(run: string, file: CaseFile, facts: RecordedFacts, random: Random): Promise<World> {
  const shared = sharedLines(run, file, random)
  const registry = file.cases.flatMap((one) => caseRegistryLines(run, file.matters, one))
  await facts.writeAll([...shared, ...registry])
  const lines = file.cases.flatMap((one) =>
    statementLines(run, one, random)
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => line),
  )
  const events = await facts.writeAll(lines)
  const statements = lines.flatMap((line, index): Known[] =>
    line.type === 'ledger.statement.recorded.v1'
      ? [{ id: line.subject, data: line.data, codingEvent: events[index] ?? '', merged: false }]
      : [],
  )
  const offices = shared.flatMap(({ type, subject }) => (type === 'ledger.office.held.v1' ? [subject] : []))
  const matters = registry.flatMap(({ type, subject }) => (type === 'ledger.matter.registered.v1' ? [subject] : []))
  const actors = file.cases.map((one) => caseIds(run, one).actor)
  const merged = new Set<string>()
  return {
    amend: async (random) => {
      const drawn = statements.filter(() => random.next() < 1 / 3).flatMap((one) => amendment(one, statements, random))
      const amendments = [
        ...drawn,
        ...registryAmendments({ offices, matters, actors: actors.filter((id) => !merged.has(id)) }, random),
      ]
      const ids = await facts.writeAll(amendments)
      noteMergers(merged, amendments)
      for (const [index, { type, subject }] of amendments.entries()) {
        const known = statements.find(({ id }) => id === subject)
        const recodes = type === 'ledger.statement.recorded.v1' || type === 'ledger.statement.corrected.v1'
        if (known && recodes) known.codingEvent = ids[index] ?? ''
      }
    },
  }
}

function amendment(statement: Known, all: readonly Known[], random: Random): EventLine[] {
  const { id: subject, data } = statement
  const { dossier } = data
  const evidence = [lateReport(subject, random)]
  switch (random.between(0, statement.merged ? 1 : 5)) {
    case 0:
      return [{ type: 'ledger.evidence.attached.v1', subject, data: { dossier, evidence } }]
    case 1:
      return [{ type: 'ledger.statement.retracted.v1', subject, data: { dossier, evidence } }]
    case 2:
      return [
        { type: 'ledger.statement.voided.v1', subject, data: { dossier, reason: 'by mistake' } },
        ...(random.next() < 0.5 ? [{ type: 'ledger.statement.recorded.v1', subject, data } as const] : []),
      ]
    case 3: {
      const away = all.find((one) => one.data.dossier === dossier && !one.merged && one !== statement)
      if (!away) return []
      statement.merged = away.merged = true
      return [{ type: 'ledger.statements.merged.v1', subject, data: { dossier, mergedAway: [away.id] } }]
    }
    default:
      return [correction(statement, random)]
  }
}

function correction({ id, data, codingEvent }: Known, random: Random): EventLine {
  const stances = data.stances.map((stance) => {
    const values = VALUES[stance.facet]
    return { ...stance, value: values[random.between(0, values.length - 1)] } as StatementData['stances'][number]
  })
  // one in five is based on what was never there
  const basedOn = random.next() < 0.2 ? `${codingEvent}-of-old` : codingEvent
  const { dossier } = data
  return {
    type: 'ledger.statement.corrected.v1',
    subject: id,
    data: { dossier, basedOn, coding: { stances }, reason: 'misread' },
  }
}

const lateReport = (id: string, random: Random): Evidence => {
  const day = new Date(Date.UTC(2022, random.between(0, 11), random.between(1, 28))).toISOString().slice(0, 10)
  const report = `${id}.late-${random.between(0, 999)}`
  return { report, said: day, published: '2024-01-01', fidelity: 'PARAPHRASE' }
}

function registryAmendments(
  { offices, matters, actors }: Record<'offices' | 'matters' | 'actors', readonly string[]>,
  random: Random,
): EventLine[] {
  const one = (ids: readonly string[]): string => ids[random.between(0, ids.length - 1)] ?? ''
  const authority = AUTHORITIES[random.between(0, AUTHORITIES.length - 1)] ?? 'VOICE'
  const [survivor, away] = [one(actors), one(actors)]
  return [
    { type: 'ledger.office.revised.v1', subject: one(offices), data: { authority } },
    { type: 'ledger.office.ended.v1', subject: one(offices), data: { until: '2022-06-30' } },
    { type: 'ledger.matter.revised.v1', subject: one(matters), data: { broader: [] } },
    {
      type: 'ledger.matter.revised.v1',
      subject: one(matters),
      data: { parties: [{ actor: survivor, role: 'RECIPIENT' }] },
    },
    ...(survivor === away ? [] : mergerOf(survivor, away, random)),
  ]
}

/** An actor is merged once: into which one, has to be clear. */
function noteMergers(merged: Set<string>, amendments: readonly EventLine[]): void {
  for (const { type, data } of amendments) {
    if (type === 'ledger.actors.merged.v1') for (const id of data.mergedAway) merged.add(id)
    if (type === 'ledger.actors.unmerged.v1') for (const id of data.separated) merged.delete(id)
  }
}

/** Half of them do not last. */
function mergerOf(subject: string, away: string, random: Random): EventLine[] {
  const merged: EventLine = { type: 'ledger.actors.merged.v1', subject, data: { mergedAway: [away] } }
  const separated: EventLine = { type: 'ledger.actors.unmerged.v1', subject, data: { separated: [away] } }
  return random.next() < 0.5 ? [merged] : [merged, separated]
}

async function untilKnown(apiUrl: string, dossier: string, knownAt: string): Promise<void> {
  for (let tried = 0; tried < 100; tried++) {
    if ((await fetch(`${apiUrl}/v1/positions?dossier=${dossier}&limit=1&knownAt=${knownAt}`)).ok) return
    await sleep(100)
  }
  throw new Error(`${knownAt} is not covered`)
}
