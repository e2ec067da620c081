import type { EventLine } from '#libs/client/ledger-client.js'
import type { MatterData } from '#libs/contracts/registry-events.js'
import type { Condition, Stance } from '#libs/contracts/stance.js'
import type { StatementData } from '#libs/contracts/statement-events.js'
import type { CaseFile, CaseMatter, CaseStatement, FoldCase } from './case-file.js'
import type { Random } from './random.js'

/**
 * The ids of one case in a ledger. Each is a constant before the case's own id, so that they sort as those do: ties of the
 * fold are broken by ids.
 */
export interface CaseIds {
  actor: string
  dossier: string
  id: (own: string) => string
  /** The case's own id again. */
  own: (id: string) => string
}

export function caseIds(run: string, foldCase: Pick<FoldCase, 'case'>): CaseIds {
  const name = `${run}-${foldCase.case}`
  const prefix = `${name}.`
  return {
    actor: name,
    dossier: name,
    id: (own) => `${prefix}${own}`,
    own: (id) => (id.startsWith(prefix) ? id.slice(prefix.length) : id),
  }
}

/** Speakers are shared by the cases of a run: nothing is folded by speaker but who said it. */
const speakerId = (run: string, speaker: string): string => `${run}.${speaker}`
const bystanderId = (run: string): string => `${run}.bystander`
const officeId = (run: string, { speaker, authority, officeUntil }: CaseStatement): string =>
  [`${run}.${speaker}`, authority.toLowerCase(), ...(officeUntil === undefined ? [] : [officeUntil])].join('.')

/** Who speaks, in which office; and one more actor, to have a part where a case's actor has none. */
export function sharedLines(run: string, { cases }: CaseFile, random: Random): EventLine[] {
  const lines = new Map<string, EventLine[]>()
  const add = (id: string, make: () => EventLine[]) => {
    if (!lines.has(id)) lines.set(id, make())
  }
  add(bystanderId(run), () => [actorLine(bystanderId(run), `Bystander of ${run}`)])
  for (const statement of cases.flatMap((one) => one.statements)) {
    const speaker = speakerId(run, statement.speaker)
    add(speaker, () => [actorLine(speaker, `Speaker ${statement.speaker} of ${run}`)])
    add(officeId(run, statement), () => officeLines(run, statement, random))
  }
  return [...lines.values()].flat()
}

const actorLine = (subject: string, name: string): EventLine => ({
  type: 'ledger.actor.registered.v1',
  subject,
  data: { kind: 'PERSON', name },
})

/** One office a speaker, authority and end. The end comes with it or as an event of its own: the fold must not care. */
function officeLines(run: string, statement: CaseStatement, random: Random): EventLine[] {
  const { speaker, authority, officeUntil } = statement
  const subject = officeId(run, statement)
  const holder = speakerId(run, speaker)
  const data = { title: `${authority} of ${speaker}`, holder, actor: bystanderId(run), authority }
  if (officeUntil === undefined) return [{ type: 'ledger.office.held.v1', subject, data }]
  if (random.next() < 0.5) return [{ type: 'ledger.office.held.v1', subject, data: { ...data, until: officeUntil } }]
  return [
    { type: 'ledger.office.held.v1', subject, data },
    { type: 'ledger.office.ended.v1', subject, data: { until: officeUntil } },
  ]
}

/** The case's actor, dossier and matters. */
export function caseRegistryLines(run: string, matters: CaseFile['matters'], foldCase: FoldCase): EventLine[] {
  const ids = caseIds(run, foldCase)
  return [
    {
      type: 'ledger.actor.registered.v1',
      subject: ids.actor,
      data: { kind: 'STATE', name: `Actor of case ${ids.actor}` },
    },
    { type: 'ledger.dossier.registered.v1', subject: ids.dossier, data: { title: `Case ${foldCase.case} of ${run}` } },
    ...[...matters].map(([own, matter]): EventLine => ({
      type: 'ledger.matter.registered.v1',
      subject: ids.id(own),
      data: matterData(run, ids, own, matter),
    })),
  ]
}

function matterData(run: string, ids: CaseIds, own: string, { broader, role, hasParties }: CaseMatter): MatterData {
  // THIRD in a matter that names parties: somebody else has a part in it
  const party = role === 'THIRD' ? { actor: bystanderId(run), role: 'SUPPLIER' as const } : { actor: ids.actor, role }
  return {
    dossier: ids.dossier,
    title: `Matter ${own}`,
    ...(broader.length === 0 ? {} : { broader: broader.map(ids.id) }),
    ...(hasParties ? { parties: [party] } : {}),
  }
}

/** A line and its place in a random order. */
export interface Placed {
  at: number
  line: EventLine
}

/** The case's statements, each at a random place, and what takes them back, at a place after theirs. */
export function statementLines(run: string, foldCase: FoldCase, random: Random): Placed[] {
  const ids = caseIds(run, foldCase)
  return foldCase.statements.flatMap((statement) => {
    const at = random.next()
    const subject = ids.id(statement.id)
    const recorded: Placed = {
      at,
      line: { type: 'ledger.statement.recorded.v1', subject, data: statementData(run, ids, statement) },
    }
    const { retracted } = statement
    if (retracted === undefined) return [recorded]
    const evidence = [evidenceOf(ids, `${statement.id}-retraction`, retracted, retracted)]
    const line: EventLine = {
      type: 'ledger.statement.retracted.v1',
      subject,
      data: { dossier: ids.dossier, evidence },
    }
    return [recorded, { at: at + random.next() * (1 - at), line }]
  })
}

const statementData = (run: string, ids: CaseIds, statement: CaseStatement): StatementData => ({
  dossier: ids.dossier,
  speaker: speakerId(run, statement.speaker),
  office: officeId(run, statement),
  onBehalfOf: [{ actor: ids.actor, capacity: statement.capacity ?? 'OWN' }],
  act: 'ASSERT',
  stances: statement.stances.map((stance) => stanceOf(ids, stance)),
  evidence: [evidenceOf(ids, statement.id, statement.published, statement.said)],
})

/** Stances travel as they are, but for the names of matters. */
function stanceOf(ids: CaseIds, { condition, ...stance }: Stance): Stance {
  const renamed = { ...stance, matter: ids.id(stance.matter) }
  if (condition === undefined) return renamed
  return { ...renamed, condition: { ...condition, matter: ids.id(condition.matter) } satisfies Condition }
}

const evidenceOf = (ids: CaseIds, own: string, published: string, said: string): StatementData['evidence'][number] => ({
  report: ids.id(`report-${own}`),
  published,
  said,
  fidelity: 'PARAPHRASE',
})
