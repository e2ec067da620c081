import { test } from 'tap'
import type { Stance } from '#libs/contracts/stance.js'
import type { Authority, Role } from '#libs/contracts/vocabulary.js'
import { disputesOn, type DisputeParty } from '#libs/ledger/disputes.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { publishedBounds, saidBounds } from '#libs/ledger/time.js'
import type { Position, TrackMatters, TrackStatement } from '#libs/ledger/track.js'
import { boundsOf, listed, publishedOf, readData } from './conformance-cases.js'

/** The 75 statements of autumn 2022, folded for each of the seven actors, against all that they must come to. */

interface SeedStatement {
  readonly n: number
  readonly speaker: string
  readonly authority: Authority
  readonly onBehalfOf: readonly string[]
  readonly said: string
  readonly stances: readonly Stance[]
  readonly reports: readonly string[]
}

type Row = Record<string, unknown> & {
  readonly actor?: string
  readonly what: 'change' | 'conflict' | 'position' | 'dispute'
}

const PRINTED: Record<string, string> = {
  '000': '2022-10-20/2022-10-22',
  '001': '2022-10-20/2022-10-21',
  '002': '2022-10-20',
  '003': '2022-12-02',
  '004': '2022-11',
}

const IRAN_TO_RUSSIA = { irn: 'SUPPLIER', rus: 'RECIPIENT' } as const
const ISRAEL_TO_UKRAINE = { isr: 'SUPPLIER', ukr: 'RECIPIENT' } as const

const MATTERS: Record<string, { broader?: string; parties?: Record<string, Role> }> = {
  'arms-to-belligerents': {},
  'arms-to-rus': { broader: 'arms-to-belligerents', parties: { rus: 'RECIPIENT' } },
  'irn-rus': { broader: 'arms-to-rus', parties: IRAN_TO_RUSSIA },
  'irn-rus.uav': { broader: 'irn-rus', parties: IRAN_TO_RUSSIA },
  'irn-rus.missile': { broader: 'irn-rus', parties: IRAN_TO_RUSSIA },
  'irn-rus-personnel': { parties: IRAN_TO_RUSSIA },
  'isr-ukr': { broader: 'arms-to-belligerents', parties: ISRAEL_TO_UKRAINE },
  'isr-ukr.air-defence': { broader: 'isr-ukr', parties: ISRAEL_TO_UKRAINE },
  'isr-ukr.precision-missile': { broader: 'isr-ukr', parties: ISRAEL_TO_UKRAINE },
  'isr-ukr-training': { parties: ISRAEL_TO_UKRAINE },
  'isr-ukr-alert-system': { parties: ISRAEL_TO_UKRAINE },
  'rus-use-of-iranian-arms': { parties: { rus: 'USER', irn: 'SUPPLIER' } },
  'irn-rus-cooperation': { parties: { irn: 'PARTY', rus: 'PARTY' } },
  'sanctions-on-iran-over-uav': {},
  'gantz-reznikov-call': {},
  'ukr-irn-relations': {},
}

const NAMES_STATEMENTS = new Set(['statements', 'standing', 'contestedBy'])

const roleOf = (actor: string, matter: string): Role => MATTERS[matter]?.parties?.[actor] ?? 'THIRD'

const mattersFor = (actor: string): TrackMatters =>
  new Map(
    Object.entries(MATTERS).map(([matter, { broader, parties }]) => [
      matter,
      { broader: broader ? [broader] : [], role: roleOf(actor, matter), hasParties: parties !== undefined },
    ]),
  )

const read = <Line>(name: string): Line[] => readData(`seed-statements/${name}`).map((line) => JSON.parse(line) as Line)

/** Numbers as ids sort like numbers once they are of one length. */
const idOf = (n: number): string => String(n).padStart(2, '0')

/** 7 reports the briefing of 8 once more: its date claim and its printing are evidence for 8. */
const mergeSeventhIntoEighth = (statements: readonly SeedStatement[]): TrackStatement[] => {
  const seventh = statements.find(({ n }) => n === 7)
  if (seventh === undefined) throw new Error('statement 7 is missing')
  return statements
    .filter(({ n }) => n !== 7)
    .map((one) => (one.n === 8 ? trackStatement(one, seventh) : trackStatement(one)))
}

const trackStatement = (statement: SeedStatement, mergedAway?: SeedStatement): TrackStatement => {
  const all = mergedAway ? [statement, mergedAway] : [statement]
  const published = publishedBounds(
    all.flatMap(({ reports }) => reports).map((report) => publishedOf(PRINTED[report] ?? '')),
  )
  const said = saidBounds(
    all.map((one) => boundsOf(one.said)),
    published,
  )
  const { n, speaker, authority, stances } = statement
  return { id: idOf(n), speaker, authority, said, published, stances }
}

const seeds = read<SeedStatement>('statements.jsonl')
const expected = read<Row>('expected.jsonl')
const actors = [...new Set(expected.flatMap(({ actor }) => actor ?? []))]
const statements = mergeSeventhIntoEighth(seeds)
const speaksFor = new Map(seeds.map(({ n, onBehalfOf }) => [idOf(n), onBehalfOf]))

const foldFor = (actor: string): ReturnType<typeof foldTrack> =>
  foldTrack(
    statements.filter(({ id }) => speaksFor.get(id)?.includes(actor)),
    mattersFor(actor),
  )

void test('the two date claims for the eighth statement leave two days, undisputed once the seventh is merged in', (t) => {
  t.match(statements.find(({ id }) => id === '08')?.said, {
    earliest: '2022-10-18',
    latest: '2022-10-19',
    disputed: false,
  })
  t.end()
})

for (const actor of actors)
  void test(`${actor}: every change, conflict and position`, (t) => {
    const fold = foldFor(actor)
    const rows = expected.filter((row) => row.actor === actor)
    const of = (what: Row['what']): unknown[] => rows.filter((row) => row.what === what).map(plain)
    t.strictSame(fold.changes.map(numbered), of('change'))
    t.strictSame(fold.conflicts.map(numbered), of('conflict'))
    t.strictSame(
      fold.positions.map((position) => numbered({ role: roleOf(actor, position.matter), ...listed(position) })),
      of('position'),
    )
    t.end()
  })

void test('the eight disputes, and no other', (t) => {
  const positions = actors.flatMap((actor) => foldFor(actor).positions.map((position) => ({ actor, position })))
  const disputes = Object.keys(MATTERS).flatMap((matter) => disputesOn(matter, partiesOf(matter, positions)))
  t.strictSame(
    disputes.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)).map((dispute) => ({ ...dispute })),
    expected.filter(({ what }) => what === 'dispute').map(plain),
  )
  t.end()
})

function partiesOf(matter: string, positions: readonly { actor: string; position: Position }[]): DisputeParty[] {
  return positions
    .filter(({ position }) => position.matter === matter && position.facet === 'FACT' && position.standing.length > 0)
    .map(({ actor, position }) => ({ actor, role: roleOf(actor, matter), standingClaims: position.standingClaims }))
}

function plain({ what: _what, actor: _actor, ...row }: Row): unknown {
  return row
}

/** The same with statement ids as the numbers that the seeds go by. */
function numbered(fields: object): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => {
      if (name === 'statement') return [name, Number(value)]
      return [name, NAMES_STATEMENTS.has(name) && Array.isArray(value) ? value.map(Number) : value]
    }),
  )
}
