import { test } from 'tap'
import { given, said } from './specification.js'

/** docs/design.md 6.7, by examples: what an actor holds on matters it has not spoken of. */

const DRONES = 'irn-rus.uav'
const MISSILES = 'irn-rus.missile'

void test('who admits a part admits the whole: a fact goes up, at every level', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL').within('../2022-02-23').named('drones'))
    .then(
      t,
      { kind: 'INITIAL', matter: DRONES },
      {
        on: 'irn-rus FACT',
        holds: 'ADMIT_PARTIAL',
        statement: 'drones',
        scope: { window: '../2022-02-23' },
        standing: [],
        entailedFrom: DRONES,
      },
      { on: 'arms-to-belligerents FACT', holds: 'ADMIT_PARTIAL', entailedFrom: DRONES },
      { on: `${MISSILES} FACT`, holds: null },
    )
})

void test('of several parts admitted the latest speaks for the whole', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT AFFIRM'))
    .when(said('2022-10-20', 'foreign-minister', MISSILES, 'FACT ADMIT_PARTIAL'))
    .then(t, { kind: 'INITIAL' }, { on: 'irn-rus FACT', holds: 'ADMIT_PARTIAL', entailedFrom: MISSILES })
})

void test('of parts admitted on the same day the first by name speaks for the whole', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT AFFIRM'))
    .when(said('2022-10-18', 'foreign-minister', MISSILES, 'FACT ADMIT_PARTIAL'))
    .then(t, { kind: 'INITIAL' }, { on: 'irn-rus FACT', holds: 'ADMIT_PARTIAL', entailedFrom: MISSILES })
})

void test('who denies the whole denies its parts', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY').named('all'))
    .then(
      t,
      { kind: 'INITIAL', matter: 'irn-rus' },
      { on: `${DRONES} FACT`, holds: 'DENY', statement: 'all', entailedFrom: 'irn-rus' },
      { on: `${MISSILES} FACT`, holds: 'DENY', entailedFrom: 'irn-rus' },
      { on: 'arms-to-rus FACT', holds: null },
    )
})

void test('who denies a part, or admits the whole, has said nothing of the rest', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY'))
    .when(said('2022-10-20', 'foreign-minister', 'arms-to-rus', 'FACT AFFIRM'))
    .then(t, { kind: 'INITIAL' }, { on: 'irn-rus FACT', holds: null }, { on: `${MISSILES} FACT`, holds: null })
})

void test('the nearest level that was spoken of decides, though one further up says otherwise', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'arms-to-rus', 'NORM AGAINST'))
    .when(said('2022-10-20', 'foreign-minister', 'irn-rus', 'NORM FAVOR'))
    .then(t, { kind: 'REVERSAL' }, { on: `${DRONES} NORM`, holds: null }, { on: 'irn-rus NORM', holds: 'FAVOR' })
})

void test('what an actor thinks of the whole it thinks of its parts, with or without a part in them', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', 'arms-to-belligerents', 'NORM AGAINST'))
    .then(
      t,
      { kind: 'INITIAL' },
      { on: `${DRONES} NORM`, holds: 'AGAINST', entailedFrom: 'arms-to-belligerents' },
      { on: 'isr-ukr NORM', holds: 'AGAINST', entailedFrom: 'arms-to-belligerents' },
    )
})

void test('an intention goes down only to what the actor has a part in', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', 'arms-to-belligerents', 'INTENT WILL_NOT'))
    .then(
      t,
      { kind: 'INITIAL' },
      { on: 'irn-rus INTENT', holds: 'WILL_NOT', entailedFrom: 'arms-to-belligerents' },
      { on: 'isr-ukr INTENT', holds: null },
    )
})

void test('an intention on a matter whose parties are others does not go down', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', 'arms-to-rus', 'INTENT WILL_NOT'))
    .then(t, { kind: 'INITIAL' }, { on: 'irn-rus INTENT', holds: null })
})

void test('what is entailed is no change', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY'))
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'FACT AFFIRM').named('admission'))
    .then(
      t,
      { kind: 'REVERSAL', matter: 'irn-rus' },
      { on: `${DRONES} FACT`, holds: null },
      { on: 'arms-to-rus FACT', holds: 'AFFIRM', statement: 'admission' },
    )
})
