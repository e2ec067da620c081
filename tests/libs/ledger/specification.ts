import type { Test } from 'tap'
import type { Facet, Authority, Value } from '#libs/contracts/vocabulary.js'
import type { Condition, Scope, Stance } from '#libs/contracts/stance.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import type { Change, Conflict, Position, TrackFold, TrackMatters, TrackStatement } from '#libs/ledger/track.js'
import { boundsOf, publishedOf } from './conformance-cases.js'

/**
 * Examples that read as sentences: given what an actor had said, when it says something more, then this is what
 * changes. The actor is Iran; its speakers and the matters are below. `then` folds every order in which the statements
 * can have been recorded, so each example shows too that the order does not matter.
 *
 *     given(said('2022-10-18', 'ambassador', 'irn-rus.uav', 'FACT DENY'))
 *       .when(said('2022-11-05', 'foreign-minister', 'irn-rus.uav', 'FACT ADMIT_PARTIAL'))
 *       .then(t, { kind: 'REVERSAL', from: 'DENY', to: 'ADMIT_PARTIAL', order: 'certain' })
 */

/** Who speaks, and with what authority. */
export const SPEAKERS = {
  parliament: 'BINDING',
  president: 'PRINCIPAL',
  'foreign-minister': 'PRINCIPAL',
  'defence-minister': 'SENIOR',
  ambassador: 'SENIOR',
  spokesman: 'VOICE',
  'military-spokesman': 'VOICE',
  'unnamed-media': 'UNATTRIBUTED',
} as const satisfies Record<string, Authority>
export type Speaker = keyof typeof SPEAKERS

/** What is spoken of: from arms to either side of the war down to drones and missiles from Iran to Russia. */
export const MATTERS: TrackMatters = new Map([
  ['arms-to-belligerents', { broader: [], role: 'THIRD', hasParties: false }],
  ['arms-to-rus', { broader: ['arms-to-belligerents'], role: 'THIRD', hasParties: true }],
  ['irn-rus', { broader: ['arms-to-rus'], role: 'SUPPLIER', hasParties: true }],
  ['irn-rus.missile', { broader: ['irn-rus'], role: 'SUPPLIER', hasParties: true }],
  ['irn-rus.uav', { broader: ['irn-rus'], role: 'SUPPLIER', hasParties: true }],
  ['isr-ukr', { broader: ['arms-to-belligerents'], role: 'THIRD', hasParties: true }],
  ['use-in-ukraine', { broader: [], role: 'THIRD', hasParties: true }],
])

export type Words = `${Facet} ${Value}`

/** A statement said on a day, or between two days, as EDTF; printed on the last of them unless it says otherwise. */
export const said = (when: string, speaker: Speaker, matter: string, words: Words): Said => {
  const { latest } = boundsOf(when)
  if (latest === null) throw new Error(`${when} is open`)
  return new Said({
    id: `${speaker} ${when} ${matter} ${words}`,
    speaker,
    authority: SPEAKERS[speaker],
    said: boundsOf(when),
    published: { earliest: latest, latest },
    stances: [stanceOf(matter, words)],
  })
}

/** A statement in the making; each word returns a new one. */
export class Said {
  constructor(readonly statement: TrackStatement) {}

  /** The name by which expectations speak of it. */
  named(id: string): Said {
    return this.#with({ id })
  }
  printed(when: string): Said {
    return this.#with({ published: publishedOf(when) })
  }
  /** The same words on another matter, or other words on the same occasion. */
  and(matter: string, words: Words): Said {
    return this.#with({ stances: [...this.statement.stances, stanceOf(matter, words)] })
  }
  /** Bounds what was said last. */
  within(window: string): Said {
    return this.#bounded({ window })
  }
  ofClass(itemClass: string): Said {
    return this.#bounded({ itemClass })
  }
  forUse(endUse: string): Said {
    return this.#bounded({ endUse })
  }
  numbering(quantity: string): Said {
    return this.#bounded({ quantity })
  }
  /** IF its own position on that is this THEN what was said last. */
  onlyIf(matter: string, words: Words): Said {
    const { facet, value } = stanceOf(matter, words)
    const condition: Condition = { matter, facet, values: [value] }
    return this.#lastStance((stance) => ({ ...stance, condition }))
  }
  /** It can be concluded from what was said, but was not said. */
  byImplication(): Said {
    return this.#lastStance((stance) => ({ ...stance, implied: true }))
  }
  /** By someone whose office ended on that day. */
  inOfficeUntil(day: string): Said {
    return this.#with({ officeUntil: day })
  }
  /** In a joint declaration of a bloc of which the actor is a member. */
  asBloc(): Said {
    return this.#with({ capacity: 'BLOC' })
  }
  takenBackOn(day: string): Said {
    return this.#with({ retracted: day })
  }

  #with(fields: Partial<TrackStatement>): Said {
    return new Said({ ...this.statement, ...fields })
  }
  #lastStance(alter: (stance: Stance) => Stance): Said {
    const { stances } = this.statement
    return this.#with({ stances: stances.map((one, index) => (index === stances.length - 1 ? alter(one) : one)) })
  }
  #bounded(scope: Scope): Said {
    return this.#lastStance((stance) => ({ ...stance, scope: { ...stance.scope, ...scope } }))
  }
}

/** What `then` expects: every change that the new statements make, every conflict of the track, and any positions named. */
export type Expected = ExpectedChange | ExpectedConflict | ExpectedPosition
export type ExpectedChange = Pick<Change, 'kind'> & Partial<Omit<Change, 'kind'>>
export type ExpectedConflict = { readonly conflict: Conflict['kind'] } & Partial<Omit<Conflict, 'kind'>>
/** `holds: null` where there is no position. */
export type ExpectedPosition = { readonly on: string; readonly holds: Value | null } & Partial<Position>

export const given = (...before: Said[]): { when: (...now: Said[]) => Example } => ({
  when: (...now) => new Example(before, now),
})

export const nothing: readonly Expected[] = []

export class Example {
  constructor(
    readonly before: readonly Said[],
    readonly now: readonly Said[],
  ) {}

  then(t: Test, ...expected: (Expected | readonly Expected[])[]): void {
    const statements = [...this.before, ...this.now].map(({ statement }) => statement)
    const fold = foldTrack(statements, MATTERS)
    for (const order of permutations(statements))
      if (JSON.stringify(foldTrack(order, MATTERS)) !== JSON.stringify(fold))
        t.strictSame(foldTrack(order, MATTERS), fold, `recorded as ${order.map(({ id }) => id).join(', ')}`)
    compare(t, fold, new Set(this.now.map(({ statement }) => statement.id)), expected.flat())
    t.end()
  }
}

const compare = (t: Test, fold: TrackFold, now: ReadonlySet<string>, expected: readonly Expected[]): void => {
  const changes = fold.changes.filter(({ statement }) => now.has(statement))
  const wanted = expected.filter((one) => 'kind' in one)
  t.strictSame(changes.map(kindOf), wanted.map(kindOf), 'the changes')
  wanted.forEach((change, index) => t.match(changes[index], change))
  const conflicts = expected.filter((one) => 'conflict' in one)
  t.strictSame(
    fold.conflicts.map(kindOf),
    conflicts.map(({ conflict }) => conflict),
    'the conflicts',
  )
  conflicts.forEach(({ conflict: _kind, ...fields }, index) => t.match(fold.conflicts[index], fields))
  for (const { on, holds, ...fields } of expected.filter((one) => 'on' in one)) {
    const position = fold.positions.find(({ matter, facet }) => on === `${matter} ${facet}`)
    t.strictSame(position?.value ?? null, holds, `${on} is ${String(holds)}`)
    if (position)
      for (const [name, value] of Object.entries(fields)) t.strictSame(position[name as keyof Position], value, name)
  }
}

const kindOf = ({ kind }: { readonly kind: string }): string => kind

const stanceOf = (matter: string, words: Words): Stance => {
  const [facet, value] = words.split(' ') as [Facet, Value]
  return { matter, facet, value }
}

/** Every order of up to five statements: 120. Examples are no longer. */
const permutations = <Item>(items: readonly Item[]): Item[][] => {
  if (items.length > 5) throw new Error('an example of more than five statements is no example')
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}
