import t from 'tap'
import type { EventResource } from '#libs/contracts/event-resources.js'
import type { StatementResource } from '#libs/contracts/resources.js'
import { DOSSIER, report, STATEMENTS } from './amended-dossier.js'
import type { AmendedLedger } from './amended-ledger.js'
import { readDossier } from './dossier-readings.js'

/** Amendments of statements, one after the other: evidence, corrections, a voiding, a merge, a retraction. */
export async function amendStatements(ledger: AmendedLedger): Promise<void> {
  const { client, facts, isServedAsFolded, moments, position, readBody, redirectOf, served, step } = ledger
  const [denialEvent = '', refusalEvent = ''] = ledger.statementEvents
  const about = { dossier: DOSSIER }

  await step(
    'evidence that dates a denial before the admission ends their conflict',
    {
      type: 'ledger.evidence.attached.v1',
      subject: 'second-denial',
      data: { ...about, evidence: [report({ report: 'gazette', said: '2020-02-15', published: '2020-02-16' })] },
    },
    async (t) => {
      const [before] = moments
      t.match(before?.dossier.conflicts, [{ statements: ['admission', 'second-denial'] }])
      t.match(await readBody(`/v1/conflicts?dossier=${DOSSIER}&matter=arms.drones&facet=FACT`), {
        items: { length: 0 },
      })
      t.match(await position('alba', 'arms.drones', 'FACT'), { value: 'ADMIT_PARTIAL', contestedBy: { length: 0 } })
    },
  )

  await step(
    'a correction gives a statement another coding',
    {
      type: 'ledger.statement.corrected.v1',
      subject: 'refusal',
      data: {
        ...about,
        basedOn: refusalEvent,
        coding: { stances: [{ matter: 'arms', facet: 'INTENT', value: 'DECLINE' }] },
        reason: 'not yet, it said',
      },
    },
    async (t, { id }) => {
      t.match(await position('alba', 'arms', 'INTENT'), { value: 'DECLINE' })
      t.match(await client.read<StatementResource>('/v1/statements/refusal'), { codingEvent: id })
    },
  )

  await t.test('a correction of what has moved since is stale, says so, and changes nothing', async (t) => {
    const { id } = await facts.write({
      type: 'ledger.statement.corrected.v1',
      subject: 'refusal',
      data: {
        ...about,
        basedOn: refusalEvent,
        coding: { stances: [{ matter: 'arms', facet: 'INTENT', value: 'BLOCK' }] },
        reason: 'coded at the same time by somebody else',
      },
    })
    const event = await client.read<EventResource>(`/v1/events/${id}`)
    t.match(event, { outcome: 'stale', subject: 'refusal', detail: new RegExp(refusalEvent) })
    const events = await client.readAll<EventResource>('/v1/statements/refusal/events')
    t.strictSame(
      events.map(({ outcome }) => outcome),
      ['applied', 'applied', 'stale'],
    )
    await isServedAsFolded(t, 'stale')
  })

  await step(
    'a statement is voided',
    { type: 'ledger.statement.voided.v1', subject: 'denial', data: { ...about, reason: 'of another minister' } },
    async (t) => t.match(await readBody('/v1/statements/denial'), { voided: { reason: 'of another minister' } }),
  )

  await t.test('and recorded anew, as if it had never been voided', async (t) => {
    const before = moments.at(-2)?.dossier.positionsText
    const [again] = STATEMENTS.filter(({ subject }) => subject === 'denial')
    if (!again) throw new Error('there is a denial')
    const { id, outcome } = await facts.write(again)
    t.strictSame([outcome, id === denialEvent], ['applied', false])
    await isServedAsFolded(t, 'recorded anew')
    t.equal(moments.at(-1)?.dossier.positionsText, before)
  })

  await step(
    'two statements are found to be one utterance',
    { type: 'ledger.statements.merged.v1', subject: 'admission', data: { ...about, mergedAway: ['admission-again'] } },
    async (t) => {
      t.strictSame(await redirectOf('/v1/statements/admission-again'), [308, '/v1/statements/admission'])
      t.match(await readBody('/v1/statements/admission'), { mergedAway: ['admission-again'], corroboration: 2 })
    },
  )

  await step(
    'the one merged away is taken back, and so the survivor',
    {
      type: 'ledger.statement.retracted.v1',
      subject: 'admission-again',
      data: { ...about, evidence: [report({ report: 'daily-2', said: '2020-06-01', published: '2020-06-02' })] },
    },
    async (t) => {
      const { changes } = await readDossier(served, DOSSIER)
      t.match(
        changes.filter(({ kind }) => kind === 'WITHDRAWAL'),
        [{ statement: 'admission', from: 'ADMIT_PARTIAL', to: null, validFrom: '2020-06-01' }],
      )
    },
  )
}
