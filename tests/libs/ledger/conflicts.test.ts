import { test } from 'tap'
import { given, said } from './specification.js'

/** docs/design.md 6.6, by examples: conflicts within one actor, what settles them, and what is contested meanwhile. */

const DRONES = 'irn-rus.uav'

void test('one speaker who says both: CONTRADICTION', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT DENY').named('denial'))
    .when(said('[..2022-10-20]', 'spokesman', DRONES, 'FACT AFFIRM').named('admission'))
    .then(t, { conflict: 'CONTRADICTION', statements: ['denial', 'admission'], validFrom: '2022-10-20' })
})

void test('two speakers who say both: INCONSISTENT_VOICE', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT DENY'))
    .when(said('[..2022-10-20]', 'military-spokesman', DRONES, 'FACT AFFIRM'))
    .then(t, { conflict: 'INCONSISTENT_VOICE', matters: [DRONES], facet: 'FACT', settledBy: null })
})

void test('what is contested lists the statements of open conflicts, not the headline itself', (t) => {
  given(
    said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('denial'),
    said('2022-10-19', 'spokesman', DRONES, 'FACT AFFIRM').named('first admission'),
  )
    .when(said('2022-10-20', 'ambassador', DRONES, 'FACT ADMIT_PARTIAL').named('second admission'))
    .then(
      t,
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'first admission'] },
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'second admission'] },
      { on: `${DRONES} FACT`, holds: 'DENY', contestedBy: ['first admission', 'second admission'] },
    )
})

void test('whoever surely speaks later, with the authority of both, settles it', (t) => {
  given(
    said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('denial'),
    said('2022-10-19', 'spokesman', DRONES, 'FACT AFFIRM').named('admission'),
  )
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT DENY').named('again'))
    .then(
      t,
      { kind: 'REAFFIRM' },
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'admission'], settledBy: 'again' },
      { on: `${DRONES} FACT`, holds: 'DENY', contestedBy: [] },
    )
})

void test('whoever has not the authority of both settles nothing', (t) => {
  given(
    said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').within('2022').named('denial'),
    said('2022-10-19', 'spokesman', DRONES, 'FACT AFFIRM').within('2022').named('admission'),
  )
    .when(said('2022-11-05', 'ambassador', DRONES, 'FACT AFFIRM').within('2021'))
    .then(
      t,
      { kind: 'ADDITION' },
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'admission'], settledBy: null },
    )
})

void test('whoever may have spoken before either settles nothing', (t) => {
  given(
    said('2022-10-18', 'ambassador', DRONES, 'FACT DENY').named('denial'),
    said('2022-10-19', 'spokesman', DRONES, 'FACT AFFIRM').named('admission'),
  )
    .when(said('[..2022-11-05]', 'foreign-minister', DRONES, 'FACT DISCLAIM').named('later in print'))
    .then(
      t,
      { kind: 'SOFTENING', order: 'unknown' },
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'admission'], settledBy: null },
      { conflict: 'INCONSISTENT_VOICE', statements: ['denial', 'later in print'] },
    )
})

void test('a claim on one of its matters settles a conflict across levels on both', (t) => {
  given(
    said('2022-10-18', 'foreign-minister', DRONES, 'FACT AFFIRM').named('drones'),
    said('2022-10-20', 'foreign-minister', 'irn-rus', 'FACT DENY').named('all'),
  )
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT AFFIRM').named('drones again'))
    .then(
      t,
      { kind: 'REAFFIRM' },
      { conflict: 'CONTRADICTION', matters: ['irn-rus', DRONES], settledBy: 'drones again' },
      { on: 'irn-rus FACT', holds: 'DENY', contestedBy: [] },
    )
})

void test('two statements conflict once on the same matters, however many words of theirs do', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT DENY').named('denial'))
    .when(
      said('2022-11-05', 'spokesman', DRONES, 'FACT AFFIRM')
        .within('2021')
        .and(DRONES, 'FACT ADMIT_PARTIAL')
        .within('2022')
        .named('admissions'),
    )
    .then(t, { conflict: 'INCONSISTENT_VOICE', matters: [DRONES], statements: ['denial', 'admissions'] })
})

void test('what is said on one occasion does not conflict with itself', (t) => {
  given()
    .when(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY').and(DRONES, 'FACT ADMIT_PARTIAL'))
    .then(t, { kind: 'INITIAL', matter: 'irn-rus' }, { on: `${DRONES} FACT`, holds: 'DENY', entailedFrom: 'irn-rus' })
})
