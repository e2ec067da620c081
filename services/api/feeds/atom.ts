import type { ChangeResource } from '#libs/contracts/resources.js'
import type { DossierState, Registry } from '#libs/ledger/registry.js'
import { segment } from '../answers.js'

/** A change, and when it was last asserted or revoked. */
export interface FeedEntry {
  readonly change: ChangeResource
  readonly recordedAt: string
}

export interface Feed {
  readonly publicUrl: string
  readonly registry: Registry
  readonly dossier: DossierState
  readonly entries: readonly FeedEntry[]
  /** Addresses of this page and of the next. */
  readonly self: string
  readonly next: string | null
}

/** A dossier's changes as an Atom feed (RFC 4287), its pages linked as RFC 5005 has it. */
export const atomOf = ({ publicUrl, registry, dossier, entries, self, next }: Feed): string => {
  const address = `${publicUrl}/v1/dossiers/${segment(dossier.id)}/changes.atom`
  const newest = entries
    .map(({ recordedAt }) => recordedAt)
    .sort()
    .at(-1)
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    element('id', address),
    element('title', `Changes of positions: ${dossier.title}`),
    element('updated', newest ?? dossier.revisedAt),
    '<author><name>statement-ledger</name></author>',
    link('self', 'application/atom+xml', self),
    link('alternate', 'application/json', `${publicUrl}/v1/changes?dossier=${segment(dossier.id)}`),
    ...(next === null ? [] : [link('next', 'application/atom+xml', next)]),
    ...entries.map((entry) => entryOf(publicUrl, registry, entry)),
    '</feed>\n',
  ].join('\n')
}

/** Its id is the change's: one that is asserted anew, or revoked, is the same entry with a later `updated`. */
const entryOf = (publicUrl: string, registry: Registry, { change, recordedAt }: FeedEntry): string =>
  [
    '<entry>',
    element('id', `urn:uuid:${change.id}`),
    element('title', titleOf(registry, change)),
    element('updated', recordedAt),
    link('alternate', 'application/json', `${publicUrl}/v1/changes/${change.id}`),
    link('related', 'application/json', `${publicUrl}/v1/statements/${segment(change.statement)}`),
    `<category term="${escaped(change.kind)}"/>`,
    `<category term="${escaped(change.actor)}"/>`,
    `<category term="${escaped(change.matter)}"/>`,
    ...(change.revoked ? ['<category term="REVOKED"/>'] : []),
    element('summary', summaryOf(change)),
    '</entry>',
  ].join('\n')

const titleOf = (registry: Registry, { actor, matter, facet, kind, from, to, revoked }: ChangeResource): string => {
  const who = registry.actors.get(actor)?.name ?? actor
  const what = registry.matters.get(matter)?.title ?? matter
  const step = from === null ? (to ?? 'nothing') : `${from} to ${to ?? 'nothing'}`
  return `${revoked ? 'Revoked: ' : ''}${who} on ${what}, ${facet}: ${step} (${kind})`
}

const summaryOf = ({ validFrom, order, statement, reversesEarlier, revoked }: ChangeResource): string =>
  [
    `Holds from ${validFrom}, by statement ${statement}`,
    ...(order === null ? [] : [`; order ${order}`]),
    ...(reversesEarlier ? ['; opposite to what was held before'] : []),
    ...(revoked ? ['; later recording has made it untrue'] : []),
    '.',
  ].join('')

const element = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`

const link = (relation: string, type: string, href: string): string =>
  `<link rel="${relation}" type="${type}" href="${escaped(href)}"/>`

/** Text for content and attributes. Two characters that JSON has and XML 1.0 does not are left out. */
const escaped = (text: string): string => text.replace(/[&<>"'\uFFFE\uFFFF]/g, (character) => ESCAPES[character] ?? '')

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
