import type { EventType } from './events.js'

/** A body of each kind of write, for the OpenAPI document: they refer to what the seeds hold. */

const evidence = [
  { report: 'report-004', published: '2022-11', said: '2022-10-24/2022-11-27', fidelity: 'VERBATIM', language: 'en' },
]
const dossier = 'ukraine-war'

export const REQUEST_EXAMPLES: Readonly<Partial<Record<EventType, object>>> = {
  'ledger.actor.registered.v1': { id: 'tur', kind: 'STATE', name: 'Türkiye', aliases: ['Turkey', 'Ankara'] },
  'ledger.actor.revised.v1': { description: 'Reports write "Tehran" for its government.' },
  'ledger.actor.aliased.v1': { alias: 'the Islamic Republic' },
  'ledger.actors.merged.v1': { mergedAway: ['tehran-government'], reason: 'A metonym, registered as an actor' },
  'ledger.actors.unmerged.v1': { separated: ['tehran-government'], reason: 'Merged by mistake' },
  'ledger.office.held.v1': {
    id: 'irn.foreign-minister.araghchi',
    title: 'Foreign Minister',
    holder: 'abbas-araghchi',
    actor: 'Iran',
    authority: 'PRINCIPAL',
    from: '2024-08-21',
  },
  'ledger.office.revised.v1': { title: 'Minister of Foreign Affairs' },
  'ledger.office.ended.v1': { until: '2024-05-19' },
  'ledger.dossier.registered.v1': { id: 'red-sea', title: 'Arms for the war in Yemen' },
  'ledger.dossier.revised.v1': { description: 'Coded from news reports of October to December 2022.' },
  'ledger.matter.registered.v1': {
    id: 'irn-rus.parts',
    dossier,
    title: 'Spare parts for UAVs from Iran to Russia',
    broader: ['irn-rus'],
    parties: [
      { actor: 'irn', role: 'SUPPLIER' },
      { actor: 'rus', role: 'RECIPIENT' },
    ],
  },
  'ledger.matter.revised.v1': { related: ['irn-rus-personnel'] },
  'ledger.source.registered.v1': { id: 'the-gazette', name: 'The Gazette', url: 'https://gazette.example' },
  'ledger.source.revised.v1': { licence: 'CC BY 4.0' },
  'ledger.report.registered.v1': {
    id: 'report-100',
    source: 'mehr-news-agency',
    title: 'Spokesman on UAVs',
    published: '2022-11-28',
    language: 'en',
  },
  'ledger.report.revised.v1': { originKey: 'mehr-2022-11-28' },
  'ledger.statement.recorded.v1': {
    id: 'uw-100',
    dossier,
    speaker: 'hossein-amir-abdollahian',
    office: 'irn.foreign-minister.amir-abdollahian',
    onBehalfOf: [{ actor: 'Iran', capacity: 'OWN' }],
    act: 'ADMIT',
    stances: [{ matter: 'irn-rus.uav', facet: 'FACT', value: 'ADMIT_PARTIAL', scope: { window: '../2022-02-23' } }],
    gist: 'A few, before the war',
    evidence,
  },
  'ledger.evidence.attached.v1': { dossier, evidence },
  'ledger.statement.corrected.v1': {
    dossier,
    basedOn: '0190b2a4-7c1e-7d3a-9f52-3c8e5a1b6d70',
    coding: { act: 'DENY' },
    reason: 'The quote denies; it was read as an admission',
  },
  'ledger.statement.retracted.v1': { dossier, speaker: 'irn', evidence, reason: 'Said to have been misquoted' },
  'ledger.statement.voided.v1': { dossier, reason: 'The report was withdrawn by its source' },
  'ledger.statement.suppressed.v1': { dossier, reason: 'Taken down at the request of a person named' },
  'ledger.statements.merged.v1': { dossier, mergedAway: ['uw-045'], reason: 'One utterance, coded twice' },
}

export const BATCH_EXAMPLE = [
  { path: '/v1/actors', body: REQUEST_EXAMPLES['ledger.actor.registered.v1'] },
  { type: 'ledger.dossier.registered.v1', subject: 'red-sea', data: { title: 'Arms for the war in Yemen' } },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('')
