import type { EventLine } from '#libs/client/ledger-client.js'
import type { Evidence, StatementData } from '#libs/contracts/statement-events.js'

/** The dossier that amended-ledger.ts has on record: Alba may be arming Borea. */
export const DOSSIER = 'alba-borea'

export const REGISTRY: readonly EventLine[] = [
  ...['alba', 'alba-rediviva', 'borea'].map((id): EventLine => ({
    type: 'ledger.actor.registered.v1',
    subject: id,
    data: { kind: 'STATE', name: `Republic of ${id}` },
  })),
  ...['president', 'minister', 'spokeswoman'].map((id): EventLine => ({
    type: 'ledger.actor.registered.v1',
    subject: id,
    data: { kind: 'PERSON', name: `The ${id} of Alba` },
  })),
  office('president', 'PRINCIPAL'),
  office('minister', 'SENIOR'),
  office('spokeswoman', 'VOICE'),
  { type: 'ledger.dossier.registered.v1', subject: DOSSIER, data: { title: 'Alba and Borea' } },
  {
    type: 'ledger.matter.registered.v1',
    subject: 'arms',
    data: {
      dossier: DOSSIER,
      title: 'Arms of Alba for Borea',
      parties: [
        { actor: 'alba', role: 'SUPPLIER' },
        { actor: 'borea', role: 'RECIPIENT' },
      ],
    },
  },
  {
    type: 'ledger.matter.registered.v1',
    subject: 'arms.drones',
    data: {
      dossier: DOSSIER,
      title: 'Drones of Alba for Borea',
      broader: ['arms'],
      parties: [
        { actor: 'alba', role: 'SUPPLIER' },
        { actor: 'borea', role: 'RECIPIENT' },
      ],
    },
  },
]

function office(holder: string, authority: 'PRINCIPAL' | 'SENIOR' | 'VOICE'): EventLine {
  return {
    type: 'ledger.office.held.v1',
    subject: `alba.${holder}`,
    data: { title: `${holder} of Alba`, holder, actor: 'alba', authority, from: '2019' },
  }
}

export const STATEMENTS: readonly EventLine[] = [
  said('denial', '2020-01-10', 'minister', 'arms.drones FACT DENY'),
  said('refusal', '2020-02-01', 'minister', 'arms INTENT WILL_NOT'),
  said('admission', '2020-03-01', 'president', 'arms.drones FACT ADMIT_PARTIAL'),
  // the same words in another paper, which only has the month
  said('admission-again', '2020-03', 'president', 'arms.drones FACT ADMIT_PARTIAL', { report: 'weekly' }),
  // after the admission, as far as one knows: contradicts it, and cannot move what a president said
  said('second-denial', '2020-02-15/2020-04-10', 'spokeswoman', 'arms.drones FACT DENY'),
  said('offer', '2020-05-01', 'president', 'arms.drones INTENT WILL'),
  said('second-refusal', '2020-07-01', 'minister', 'arms.drones INTENT WILL_NOT'),
  said('thanks', '2020-02-15', 'borea', 'arms.drones FACT AFFIRM'),
  said('rediviva', '2020-01-20', 'alba-rediviva', 'arms FACT AFFIRM'),
]

/** One stance, `matter FACET VALUE`; whoever is no person speaks for itself. */
function said(subject: string, on: string, speaker: string, stance: string, fields: Partial<Evidence> = {}): EventLine {
  const isState = ['borea', 'alba-rediviva'].includes(speaker)
  const [matter = '', facet, value] = stance.split(' ')
  const data: StatementData = {
    dossier: DOSSIER,
    speaker,
    ...(isState ? {} : { office: `alba.${speaker}` }),
    onBehalfOf: [{ actor: isState ? speaker : 'alba', capacity: 'OWN' }],
    act: 'ASSERT',
    stances: [{ matter, facet, value } as StatementData['stances'][number]],
    evidence: [report({ report: 'daily', said: on, published: lastDayOf(on), ...fields })],
  }
  return { type: 'ledger.statement.recorded.v1', subject, data }
}

function lastDayOf(edtf: string): string {
  return edtf.length === 7 ? `${edtf}-31` : (edtf.split('/').at(-1) ?? edtf)
}

export function report(fields: Pick<Evidence, 'report' | 'published'> & Partial<Evidence>): Evidence {
  return { fidelity: 'PARAPHRASE', ...fields }
}
