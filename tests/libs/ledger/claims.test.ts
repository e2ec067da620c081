import { test } from 'tap'
import { given, said } from './specification.js'

/** docs/design.md 6.1 to 6.4, by examples: which claim comes first, how surely, and who may move what. */

const DRONES = 'irn-rus.uav'

// Order

void test('said after the other can last have been said: certain', (t) => {
  given(said('2022-10-01/2022-10-18', 'ambassador', DRONES, 'FACT DENY'))
    .when(said('2022-10-19/2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { kind: 'REVERSAL', order: 'certain', validFrom: '2022-11-05' })
})

void test('days that meet, but the one in print before the other: assumed', (t) => {
  given(said('2022-10-01/2022-10-18', 'ambassador', DRONES, 'FACT DENY').printed('2022-10-20'))
    .when(said('2022-10-10/2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM').printed('2022-11-06'))
    .then(t, { kind: 'REVERSAL', order: 'assumed' })
})

void test('days that meet, in print on the same day: unknown, and equals may not move each other', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').printed('2022-10-20'))
    .when(said('2022-10-18/2022-10-20', 'ambassador', DRONES, 'FACT AFFIRM').printed('2022-10-20'))
    .then(t, { conflict: 'CONTRADICTION' })
})

void test('when it began nobody knows: unknown, though it was printed later', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY'))
    .when(said('[..2022-11-05]', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { conflict: 'CONTRADICTION' })
})

void test('nothing is said after it is in print: "in November", printed on the 5th', (t) => {
  given()
    .when(said('2022-11', 'ambassador', DRONES, 'FACT DENY').printed('2022-11-05'))
    .then(t, { kind: 'INITIAL', validFrom: '2022-11-05' })
})

void test('said on one day, the higher authority is taken first', (t) => {
  given()
    .when(
      said('2022-10-18', 'spokesman', DRONES, 'FACT AFFIRM').named('lesser'),
      said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('higher'),
    )
    .then(
      t,
      { kind: 'INITIAL', statement: 'higher' },
      { conflict: 'INCONSISTENT_VOICE', statements: ['higher', 'lesser'] },
    )
})

// Threshold

void test('a foreign minister may move what a parliament decided', (t) => {
  given(said('2022-10-18', 'parliament', DRONES, 'INTENT WILL_NOT'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'INTENT WILL'))
    .then(t, { kind: 'REVERSAL' })
})

void test('an ambassador may not move what a foreign minister said', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'INTENT WILL_NOT'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT WILL'))
    .then(t, { conflict: 'INCONSISTENT_VOICE' })
})

void test('an ambassador may, once that foreign minister is out of office', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'INTENT WILL_NOT').inOfficeUntil('2022-10-31'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT WILL'))
    .then(t, { kind: 'REVERSAL' })
})

void test('on the last day in office the foreign minister still counts in full', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'INTENT WILL_NOT').inOfficeUntil('2022-11-05'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'INTENT WILL'))
    .then(t, { conflict: 'INCONSISTENT_VOICE' })
})

void test('what a bloc declares counts, for its members, as a voice', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'NORM FAVOR'))
    .when(said('2022-11-05', 'parliament', DRONES, 'NORM AGAINST').asBloc())
    .then(t, { conflict: 'INCONSISTENT_VOICE' }, { on: `${DRONES} NORM`, holds: 'FAVOR' })
})

void test('what is implied never moves what was said outright', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT DENY'))
    .when(said('2022-11-05', 'president', DRONES, 'FACT AFFIRM').byImplication())
    .then(t, { conflict: 'INCONSISTENT_VOICE' })
})

void test('what is implied may move what was implied', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT DENY').byImplication())
    .when(said('2022-11-05', 'spokesman', DRONES, 'FACT AFFIRM').byImplication())
    .then(t, { kind: 'REVERSAL' })
})

// Strength

void test('who has a part in a matter and disclaims knowledge of it says no', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DISCLAIM'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { kind: 'REVERSAL', reversesEarlier: true })
})

void test('who has no part in it says nothing', (t) => {
  given(said('2022-10-18', 'ambassador', 'isr-ukr', 'FACT DISCLAIM'))
    .when(said('2022-11-05', 'ambassador', 'isr-ukr', 'FACT AFFIRM'))
    .then(t, { kind: 'HARDENING', reversesEarlier: false })
})

void test('a matter that nobody registered is one in which the actor has no part', (t) => {
  given()
    .when(said('2022-10-18', 'ambassador', 'unheard-of', 'FACT DISCLAIM'))
    .then(t, { kind: 'INITIAL' }, { on: 'unheard-of FACT', holds: 'DISCLAIM', exceptions: [] })
})
