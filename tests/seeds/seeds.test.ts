import { readFileSync } from 'node:fs'
import t from 'tap'
import { createEvent, decodeEvent, encodeEvent, payloadHashOf } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent, isStatementEvent } from '#libs/contracts/events.js'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { roleOf, trackMatters } from '#libs/ledger/registry-matters.js'
import { emptyRegistry, resolveActor } from '#libs/ledger/registry.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackInput } from '#libs/ledger/track-input.js'
import { SEED_FILES, readSeedLines } from '#seeds/seed-lines.js'
import { readExpected } from './expected.js'

const DOSSIER = 'ukraine-war'
const RECORDED_AT = '2024-01-01T00:00:00.000Z'

/** As it comes back from its topic: what does not pass the schema of its type fails here. */
const events = SEED_FILES.flatMap((file) =>
  readSeedLines(file).map((line, index) => {
    const event = createEvent({
      ...(line as unknown as { type: LedgerEvent['type']; subject: string; data: never }),
      id: `${file}:${index + 1}`,
      recordedBy: 'test',
      time: new Date(RECORDED_AT),
      source: 'urn:statement-ledger:test',
    })
    const decoded = decodeEvent(encodeEvent(event as LedgerEvent))
    if (!decoded.ok)
      throw new Error(`${file} line ${index + 1}: ${decoded.code} ${decoded.detail} ${decoded.pointer ?? ''}`)
    return decoded.event
  }),
)

const registry = emptyRegistry()
const book = new Map<string, StatementState>()
const statements = {
  get: (id: string) => book.get(id),
  set: (state: StatementState) => void book.set(state.id, state),
}

t.test('every line is applied, none has to wait for a later one', (t) => {
  for (const event of events) {
    const applied = isRegistryEvent(event)
      ? evolveRegistry(registry, event, RECORDED_AT, payloadHashOf(event))
      : isStatementEvent(event)
        ? applyStatementEvent(statements, registry, event, RECORDED_AT)
        : { outcome: 'applied' }
    t.equal(applied.outcome, 'applied', `${event.type} ${event.subject}: ${JSON.stringify(applied)}`)
  }
  t.end()
})

t.test('the coded seeds fold to what is expected of the seven actors', (t) => {
  for (const [actor, expected] of readExpected()) {
    const { statements: track, possible } = trackInput(book.values(), registry, actor)
    const fold = foldTrack(track, trackMatters(registry, DOSSIER, actor))
    const number = (id: string) => Number(id.slice('uw-'.length))
    const changes = fold.changes.map((c) => ({ ...c, statement: number(c.statement) }))
    const conflicts = fold.conflicts.map((c) => ({ ...c, statements: c.statements.map(number) }))
    const positions = fold.positions.map((p) => ({
      role: roleOf(registry, p.matter, actor),
      matter: p.matter,
      facet: p.facet,
      value: p.value,
      statement: number(p.statement),
      scope: p.scope,
      standing: p.standing.map(number),
      entailedFrom: p.entailedFrom,
      contestedBy: p.contestedBy.map(number),
      exceptions: p.exceptions,
    }))
    t.strictSame(changes, expected.changes, `${actor}: changes`)
    t.strictSame(conflicts, expected.conflicts, `${actor}: conflicts`)
    t.strictSame(positions, expected.positions, `${actor}: positions`)
    t.same(possible, [], `${actor}: nothing is only possible when no day is asked for`)
  }
  t.end()
})

t.test('each name by which the reports call someone leads to one actor', (t) => {
  const names = {
    isr: ['Israel', 'Jerusalem', 'Tel Aviv'],
    irn: ['Tehran', 'Iran'],
    ukr: ['Kyiv', 'Ukraine'],
    rus: ['Moscow', 'Russia'],
    'rus-kremlin': ['the Kremlin', 'Kremlin'],
    'isr-ministry-of-defence': ["Gantz's office", 'Gantz’s office'],
    'yair-lapid': ['Yisrael Lapid', 'Yair Lapid', 'LAPID'],
    'hossein-amir-abdollahian': ['Amir Abdollahian', 'Amir-Abdollahian', 'Abdollahian'],
    'antonio-guterres': ['Gutteres', 'Guterres', 'Antonio Guterres'],
    'volodymyr-zelenskyy': ['Zelensky', 'Zelenskyy'],
    'dmitry-medvedev': ['Dmitri Medvedev', 'Dmitry Medvedev'],
  }
  for (const [actor, spellings] of Object.entries(names)) {
    for (const name of spellings) t.equal(resolveActor(registry, name), actor, name)
  }
  t.equal(
    resolveActor(registry, 'the regime'),
    undefined,
    '"the regime" is an outlet’s word, and not always for the same state',
  )
  t.end()
})

t.test('the coding is that of the hand-coded data, line for line', (t) => {
  const coded = readFileSync('tests/data/seed-statements/statements.jsonl', 'utf8').trim().split('\n')
  for (const line of coded) {
    const given = JSON.parse(line) as HandCoded
    const state = book.get(`uw-${String(given.n).padStart(3, '0')}`)!
    const authority = state.coding.office ? registry.offices.get(state.coding.office)?.authority : 'UNATTRIBUTED'
    t.match(state.coding, { speaker: given.speaker, act: given.act, stances: given.stances }, `statement ${given.n}`)
    t.equal(authority, given.authority, `statement ${given.n}: authority`)
    t.same(
      state.coding.onBehalfOf.map((o) => o.actor),
      given.onBehalfOf,
      `statement ${given.n}: on behalf of`,
    )
    t.same(state.coding.about ?? [], given.about, `statement ${given.n}: about`)
    const quoted = state.evidence.filter((e) => e.quote === given.quote).map((e) => e.report)
    t.same(
      quoted,
      given.quote === null ? [] : [`report-${given.quoteSource}`],
      `statement ${given.n}: quoted where it is printed`,
    )
    if (given.n === 8) continue // carries the evidence of 7 too
    t.same(
      state.evidence.map((e) => e.report),
      given.reports.map((r) => `report-${r}`),
      `statement ${given.n}: reports`,
    )
  }
  t.equal(book.size, coded.length)
  t.end()
})

interface HandCoded {
  n: number
  speaker: string
  authority: string
  onBehalfOf: string[]
  act: string
  about: string[]
  stances: object[]
  quote: string | null
  quoteSource: string | null
  reports: string[]
}
