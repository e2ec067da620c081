import { test } from 'tap'
import { given, said } from './specification.js'

/** docs/design.md 6.9, by examples: an actor takes back what it said. */

const DRONES = 'irn-rus.uav'

void test('taken back, with nothing else standing: WITHDRAWAL to no position', (t) => {
  given()
    .when(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').takenBackOn('2022-11-01'))
    .then(
      t,
      { kind: 'INITIAL' },
      { kind: 'WITHDRAWAL', from: 'DENY', to: null, order: 'certain', validFrom: '2022-11-01', reversesEarlier: false },
      { on: `${DRONES} FACT`, holds: null },
    )
})

void test('taken back, with another claim beside it: the last to have come to stand leads', (t) => {
  given(
    said('2022-10-01', 'ambassador', DRONES, 'FACT DENY').within('2020'),
    said('2022-10-02', 'ambassador', DRONES, 'FACT NO_COMMENT').within('2021').named('of 2021'),
  )
    .when(said('2022-10-03', 'ambassador', DRONES, 'FACT AFFIRM').within('2022').takenBackOn('2022-11-01'))
    .then(
      t,
      { kind: 'ADDITION', from: 'NO_COMMENT', to: 'AFFIRM' },
      { kind: 'WITHDRAWAL', from: 'AFFIRM', to: 'NO_COMMENT' },
      { on: `${DRONES} FACT`, holds: 'NO_COMMENT', statement: 'of 2021' },
    )
})

void test('taken back though it never led: the headline remains', (t) => {
  given(said('2022-10-01', 'foreign-minister', DRONES, 'FACT DENY').within('2022').named('headline'))
    .when(said('2022-10-03', 'spokesman', DRONES, 'FACT AFFIRM').within('2021').takenBackOn('2022-11-01'))
    .then(
      t,
      { kind: 'ADDITION' },
      { kind: 'WITHDRAWAL', from: 'AFFIRM', to: 'DENY' },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'headline' },
    )
})

void test('what it had replaced does not revive', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY'))
    .when(said('2022-10-20', 'ambassador', DRONES, 'FACT AFFIRM').takenBackOn('2022-11-01'))
    .then(
      t,
      { kind: 'REVERSAL' },
      { kind: 'WITHDRAWAL', from: 'AFFIRM', to: null },
      { on: `${DRONES} FACT`, holds: null },
    )
})

void test('what is entailed shows again', (t) => {
  given(said('2022-10-18', 'ambassador', 'irn-rus', 'FACT DENY'))
    .when(said('2022-10-20', 'ambassador', DRONES, 'FACT AFFIRM').takenBackOn('2022-11-01'))
    .then(
      t,
      { kind: 'REVERSAL' },
      { kind: 'WITHDRAWAL', to: null },
      { on: `${DRONES} FACT`, holds: 'DENY', entailedFrom: 'irn-rus' },
    )
})

void test('its open conflicts close', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY'))
    .when(said('2022-10-20', 'spokesman', DRONES, 'FACT AFFIRM').takenBackOn('2022-11-01'))
    .then(
      t,
      { conflict: 'INCONSISTENT_VOICE', settledBy: 'withdrawn' },
      { on: `${DRONES} FACT`, holds: 'DENY', contestedBy: [] },
    )
})

void test('several words of one statement: one WITHDRAWAL each, by matter, then facet', (t) => {
  given()
    .when(
      said('2022-10-18', 'ambassador', DRONES, 'NORM AGAINST')
        .and(DRONES, 'FACT DENY')
        .and('irn-rus', 'FACT DENY')
        .takenBackOn('2022-11-01'),
    )
    .then(
      t,
      { kind: 'INITIAL', matter: 'irn-rus' },
      { kind: 'INITIAL', matter: DRONES, facet: 'FACT' },
      { kind: 'INITIAL', matter: DRONES, facet: 'NORM' },
      { kind: 'WITHDRAWAL', matter: 'irn-rus', facet: 'FACT' },
      { kind: 'WITHDRAWAL', matter: DRONES, facet: 'FACT' },
      { kind: 'WITHDRAWAL', matter: DRONES, facet: 'NORM' },
    )
})

void test('what was said is remembered: an admission after a denial taken back still reverses it', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').takenBackOn('2022-11-01'))
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM'))
    .then(t, { kind: 'INITIAL', from: null, to: 'AFFIRM', reversesEarlier: true })
})

void test('taken back on a day before it can have been said: on the last day on which it can', (t) => {
  given()
    .when(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').takenBackOn('2022-10-01'))
    .then(t, { kind: 'INITIAL' }, { kind: 'WITHDRAWAL', validFrom: '2022-10-18' })
})

void test('on the day of a retraction, what else is said that day comes first', (t) => {
  given(said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').takenBackOn('2022-11-01').named('denial'))
    .when(said('2022-11-01', 'ambassador', DRONES, 'FACT AFFIRM').named('admission'))
    .then(t, { kind: 'REVERSAL', from: 'DENY' }, { on: `${DRONES} FACT`, holds: 'AFFIRM', statement: 'admission' })
})
