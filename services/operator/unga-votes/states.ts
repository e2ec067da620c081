import { iso31661, iso31663 } from 'iso-3166'
import type { ISO31661AssignedEntry, ISO31663Entry } from 'iso-3166'
import type { Day } from '#libs/contracts/primitives.js'
import { foldName } from '#libs/ledger/registry.js'

/** Who cast a vote, as an actor of the registry. */
export interface State {
  readonly id: string
  readonly name: string
  /** Its ISO name where that is another one. */
  readonly aliases: readonly string[]
  readonly description?: string
}

/**
 * The state that a row of the data means (README.md has the rules). The day decides only about Yugoslavia.
 * @param country  its English name in the data
 * @param code     its ISO 3166-1 alpha-2 code, as assigned now or before; empty for some former states
 * @returns undefined for a code that was never assigned, and for a nameless row
 */
export function stateOf(country: string, code: string, day: Day): State | undefined {
  const alpha2 = code === 'NA' && country !== 'Namibia' ? '' : code // what R writes for "none" is also a country
  if (alpha2 === '') return namedState(country)
  const assigned = ASSIGNED.get(alpha2)
  if (assigned) return presentState(country, assigned)
  const withdrawn = withdrawnEntry(country, alpha2)
  if (!withdrawn) return undefined
  const alpha3 = withdrawn.from.alpha3.toLowerCase()
  if (YUGOSLAVIAN.has(alpha3) && day >= SERBIA.admitted) return SERBIA.state
  const renamed = withdrawn.type === 'change' ? ASSIGNED.get(withdrawn.to[0]?.alpha2 ?? '') : undefined
  return renamed ? presentState(renamed.name, renamed) : { id: alpha3, name: country, aliases: [], description: FORMER }
}

const ASSIGNED: ReadonlyMap<string, ISO31661AssignedEntry> = new Map(iso31661.map((entry) => [entry.alpha2, entry]))
const FORMER = 'A former state.'

/** One member under three names: the Federal Republic of Yugoslavia, Serbia and Montenegro, Serbia. */
const SERBIA: { readonly admitted: Day; readonly state: State } = {
  admitted: '2000-11-01',
  state: {
    id: 'srb',
    name: 'Serbia',
    aliases: [],
    description:
      'Admitted to the United Nations on 2000-11-01 as the Federal Republic of Yugoslavia, later Serbia and Montenegro; the voting data go on calling it Yugoslavia.',
  },
}
const YUGOSLAVIAN: ReadonlySet<string> = new Set(['yug', 'scg'])

const presentState = (name: string, entry: ISO31661AssignedEntry): State => ({
  id: entry.alpha3.toLowerCase(),
  name,
  // names turned round for sorting ("Moldova, Republic of") are nobody's way of asking
  aliases: entry.name.includes(',') || foldName(entry.name) === foldName(name) ? [] : [entry.name],
})

/** One code was given out twice (CS: Czechoslovakia, later Serbia and Montenegro); then the name must tell. */
function withdrawnEntry(country: string, alpha2: string): ISO31663Entry | undefined {
  const entries = iso31663.filter((entry) => entry.from.alpha2 === alpha2)
  return entries.length > 1 ? entries.find((entry) => foldName(entry.from.name) === foldName(country)) : entries[0]
}

function namedState(country: string): State | undefined {
  const id = foldName(country).replaceAll(' ', '-')
  return /^[a-z0-9][a-z0-9-]{3,99}$/.test(id) ? { id, name: country, aliases: [], description: FORMER } : undefined
}
