import { test } from 'tap'
import { given, said } from './specification.js'

/** The table of docs/design.md 6.5, row for row, by examples. */

const DRONES = 'irn-rus.uav'

// Nothing stands

void test('nothing said before, nothing entailed: INITIAL', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('denial'))
    .then(
      t,
      { kind: 'INITIAL', from: null, to: 'DENY', order: null, validFrom: '2022-10-18', reversesEarlier: false },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'denial', standing: ['denial'], entailedFrom: null },
    )
})

void test('the same as a broader denial entails: INITIAL, not a change of value', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY'))
    .when(said('2022-10-20', 'foreign-minister', DRONES, 'FACT DENY'))
    .then(t, { kind: 'INITIAL', to: 'DENY', entailedFrom: null })
})

void test('outside the time of a broader denial: INITIAL', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY').within('2022-02-24/..'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL').within('../2022-02-23'))
    .then(t, { kind: 'INITIAL', to: 'ADMIT_PARTIAL' })
})

void test('against what an admitted part entails for the whole: INITIAL, and a conflict across levels', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT AFFIRM').named('drones'))
    .when(said('2022-10-20', 'foreign-minister', 'irn-rus', 'FACT DENY').named('all'))
    .then(
      t,
      { kind: 'INITIAL', to: 'DENY' },
      { conflict: 'CONTRADICTION', matters: ['irn-rus', DRONES], statements: ['drones', 'all'] },
    )
})

void test('against a broader denial, by someone who may move it: REVERSAL from what was entailed', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL'))
    .then(t, {
      kind: 'REVERSAL',
      from: 'DENY',
      to: 'ADMIT_PARTIAL',
      order: 'certain',
      entailedFrom: 'irn-rus',
      reversesEarlier: true,
    })
})

void test('weaker than a broader denial, though still no: SOFTENING from what was entailed', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DISCLAIM'))
    .then(t, { kind: 'SOFTENING', from: 'DENY', to: 'DISCLAIM', entailedFrom: 'irn-rus', reversesEarlier: false })
})

void test('stronger than a broader disclaimer: HARDENING from what was entailed', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DISCLAIM'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DENY'))
    .then(t, { kind: 'HARDENING', from: 'DISCLAIM', to: 'DENY', entailedFrom: 'irn-rus' })
})

void test('moving what is entailed, nobody knows in which order: REVERSAL, and a conflict on both matters', (t) => {
  given(said('2022-10-18', 'spokesman', 'irn-rus', 'FACT DENY').named('denial'))
    .when(said('[..2022-11-05]', 'foreign-minister', DRONES, 'FACT AFFIRM').named('admission'))
    .then(
      t,
      { kind: 'REVERSAL', from: 'DENY', to: 'AFFIRM', order: 'unknown', entailedFrom: 'irn-rus' },
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES], statements: ['denial', 'admission'] },
    )
})

void test('against a broader denial, by someone who may not move it: a conflict on both; it does not stand', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY').named('denial'))
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT AFFIRM').named('admission'))
    .then(
      t,
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES], statements: ['denial', 'admission'] },
      { on: `${DRONES} FACT`, holds: 'DENY', entailedFrom: 'irn-rus', contestedBy: ['admission'] },
    )
})

// None overlaps

void test('of another time than what stands: ADDITION, and the new headline', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').within('2022-02-24/..').named('since the war'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT AFFIRM').within('../2022-02-23').named('before'))
    .then(
      t,
      { kind: 'ADDITION', from: 'DENY', to: 'AFFIRM', order: 'certain', reversesEarlier: true },
      { on: `${DRONES} FACT`, holds: 'AFFIRM', statement: 'before', standing: ['before', 'since the war'] },
    )
})

void test('of another time, by a lesser voice: ADDITION that leaves the headline', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').within('2022-02-24/..').named('since the war'))
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT AFFIRM').within('../2022-02-23').named('before'))
    .then(
      t,
      { kind: 'ADDITION', from: 'DENY', to: 'DENY', reversesEarlier: false },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'since the war', standing: ['before', 'since the war'] },
    )
})

void test('of other arms, only implied: ADDITION that leaves an explicit headline', (t) => {
  given(said('2022-10-18', 'ambassador', 'irn-rus', 'FACT DENY').ofClass('missile'))
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'FACT AFFIRM').ofClass('drone').byImplication())
    .then(t, { kind: 'ADDITION', from: 'DENY', to: 'DENY' }, { on: 'irn-rus FACT', holds: 'DENY' })
})

void test('for another use: ADDITION', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'INTENT WILL_NOT').forUse('combat'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT WILL').forUse('training'))
    .then(t, { kind: 'ADDITION', from: 'WILL_NOT', to: 'WILL' })
})

// One or more overlap

void test('implied, and of one mind with what was said outright: REAFFIRM', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').named('outright'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DISCLAIM').byImplication())
    .then(
      t,
      { kind: 'REAFFIRM', from: 'DENY', to: 'DENY', order: 'certain' },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'outright' },
    )
})

void test('the same, nobody knows in which order: REAFFIRM, even if the scope is narrower', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('first'))
    .when(said('[..2022-11-05]', 'foreign-minister', DRONES, 'FACT DENY').within('2022-02-24/..'))
    .then(
      t,
      { kind: 'REAFFIRM', from: 'DENY', to: 'DENY', order: 'unknown' },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'first', scope: null },
    )
})

void test('the same on another condition: RECONDITION', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'INTENT CONDITIONAL').onlyIf('isr-ukr', 'FACT AFFIRM'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT CONDITIONAL').onlyIf('use-in-ukraine', 'FACT DENY'))
    .then(t, { kind: 'RECONDITION', from: 'CONDITIONAL', to: 'CONDITIONAL', order: 'certain' })
})

void test('the same, within a shorter time: NARROWING', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DENY').within('2022-02-24/..').named('narrower'))
    .then(
      t,
      { kind: 'NARROWING', from: 'DENY', to: 'DENY' },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'narrower', scope: { window: '2022-02-24/..' } },
    )
})

void test('the same, without the bounds it had: BROADENING', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').within('2022-02-24/..').ofClass('Shahed-136'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DENY').within('2022-02-24/..'))
    .then(t, { kind: 'BROADENING', from: 'DENY', to: 'DENY' })
})

void test('the same, wider in one respect and narrower in another: REAFFIRM that takes its place', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT ADMIT_PARTIAL').numbering('few'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT ADMIT_PARTIAL').within('../2022-02-23').named('dated'))
    .then(
      t,
      { kind: 'REAFFIRM', to: 'ADMIT_PARTIAL' },
      { on: `${DRONES} FACT`, holds: 'ADMIT_PARTIAL', statement: 'dated' },
    )
})

void test('narrower, but by a lesser voice: a mere REAFFIRM; what stood stands', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('first'))
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT DENY').within('2022-02-24/..'))
    .then(t, { kind: 'REAFFIRM' }, { on: `${DRONES} FACT`, holds: 'DENY', statement: 'first', scope: null })
})

void test('a denial, then a partial admission, is a REVERSAL from the last day on which it can have been said', (t) => {
  given(said('[..2022-10-20]', 'spokesman', DRONES, 'FACT DENY'))
    .when(said('2022-10-24/2022-11-27', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL'))
    .then(t, {
      kind: 'REVERSAL',
      from: 'DENY',
      to: 'ADMIT_PARTIAL',
      order: 'certain',
      validFrom: '2022-11-27',
      reversesEarlier: true,
    })
})

void test('a partial admission, then a full one: HARDENING', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT ADMIT_PARTIAL'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { kind: 'HARDENING', from: 'ADMIT_PARTIAL', to: 'AFFIRM', reversesEarlier: false })
})

void test('a refusal, then a condition: SOFTENING', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'INTENT WILL_NOT'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT CONDITIONAL'))
    .then(t, { kind: 'SOFTENING', from: 'WILL_NOT', to: 'CONDITIONAL' })
})

void test('a denial, silence, then an admission: HARDENING that reverses what it had said earlier', (t) => {
  given(
    said('2022-10-18', 'ambassador', DRONES, 'FACT DENY'),
    said('2022-10-25', 'ambassador', DRONES, 'FACT NO_COMMENT'),
  )
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { kind: 'HARDENING', from: 'NO_COMMENT', to: 'AFFIRM', reversesEarlier: true })
})

void test('otherwise, by a higher authority, nobody knows in which order: REVERSAL, and a conflict', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT DENY').named('denial'))
    .when(said('[..2022-10-20]', 'foreign-minister', DRONES, 'FACT AFFIRM').named('admission'))
    .then(
      t,
      { kind: 'REVERSAL', order: 'unknown' },
      { conflict: 'INCONSISTENT_VOICE', matters: [DRONES], statements: ['denial', 'admission'], settledBy: null },
      { on: `${DRONES} FACT`, holds: 'AFFIRM', contestedBy: ['denial'] },
    )
})

void test('otherwise, by someone who may not move it: a conflict, and it does not stand', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('denial'))
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT AFFIRM').named('admission'))
    .then(
      t,
      {
        conflict: 'INCONSISTENT_VOICE',
        matters: [DRONES],
        statements: ['denial', 'admission'],
        validFrom: '2022-11-05',
      },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'denial', contestedBy: ['admission'] },
    )
})

// Several overlap

void test('barred by one of two, it still repeats the other: a conflict with the one, REAFFIRM of the other', (t) => {
  given(
    said('2022-10-01', 'foreign-minister', DRONES, 'FACT DENY').within('2022').named('this year'),
    said('2022-10-02', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL').within('2021').named('last year'),
  )
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT ADMIT_PARTIAL').named('at all times'))
    .then(
      t,
      { kind: 'REAFFIRM', from: 'ADMIT_PARTIAL', to: 'ADMIT_PARTIAL' },
      { conflict: 'INCONSISTENT_VOICE', statements: ['this year', 'at all times'] },
      { on: `${DRONES} FACT`, holds: 'ADMIT_PARTIAL', standing: ['last year', 'this year'] },
    )
})

void test('moving one of two and repeating the other: one change, the gravest, and it replaces both', (t) => {
  given(
    said('2022-10-01', 'ambassador', DRONES, 'FACT AFFIRM').within('2021'),
    said('2022-10-02', 'ambassador', DRONES, 'FACT DENY').within('2022'),
  )
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT AFFIRM').named('at all times'))
    .then(
      t,
      { kind: 'REVERSAL', from: 'DENY', to: 'AFFIRM', order: 'certain' },
      { on: `${DRONES} FACT`, holds: 'AFFIRM', standing: ['at all times'] },
    )
})

void test('repeating one of two beside the headline: NARROWING there, the headline stays', (t) => {
  given(
    said('2022-10-01', 'ambassador', DRONES, 'FACT DENY').within('2022'),
    said('2022-10-02', 'ambassador', DRONES, 'FACT AFFIRM').within('2021').named('last year'),
  )
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT DENY').within('2022-10').named('in October'))
    .then(
      t,
      { kind: 'NARROWING', from: 'DENY', to: 'DENY' },
      { on: `${DRONES} FACT`, holds: 'AFFIRM', statement: 'last year', standing: ['in October', 'last year'] },
    )
})
