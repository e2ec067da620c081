import { test } from 'tap'
import { given, said } from './specification.js'

/** docs/design.md 6.8, by examples: a claim against what stands at other levels. */

const DRONES = 'irn-rus.uav'
const MISSILES = 'irn-rus.missile'

void test('a part admitted after the whole was denied is an exception, not a conflict', (t) => {
  given(said('2022-10-18', 'foreign-minister', 'irn-rus', 'FACT DENY'))
    .when(said('2022-11-05', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL'))
    .then(t, { kind: 'REVERSAL' }, { on: 'irn-rus FACT', holds: 'DENY', exceptions: [DRONES], contestedBy: [] })
})

void test('a part admitted, nobody knows whether before or after the whole was denied: a conflict on both', (t) => {
  given(
    said('2022-10-10', 'ambassador', DRONES, 'FACT NO_COMMENT'),
    said('2022-10-18', 'ambassador', 'irn-rus', 'FACT DENY').named('all'),
  )
    .when(said('[..2022-11-05]', 'foreign-minister', DRONES, 'FACT AFFIRM').named('drones'))
    .then(
      t,
      { kind: 'HARDENING', matter: DRONES, order: 'unknown' },
      { conflict: 'INCONSISTENT_VOICE', matters: [DRONES] },
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES], statements: ['all', 'drones'] },
    )
})

void test('the whole denied after a part was admitted: a conflict on both, whatever the order', (t) => {
  given(said('2022-10-18', 'spokesman', DRONES, 'FACT AFFIRM').named('drones'))
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'FACT DENY').named('all'))
    .then(
      t,
      { kind: 'INITIAL', matter: 'irn-rus' },
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES], statements: ['drones', 'all'] },
      { on: `${DRONES} FACT`, holds: 'AFFIRM', contestedBy: ['all'] },
      { on: 'irn-rus FACT', holds: 'DENY', contestedBy: ['drones'], exceptions: [DRONES] },
    )
})

void test('the whole denied for a time of which nothing was admitted: no conflict, no exception', (t) => {
  given(said('2022-10-18', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL').within('../2022-02-23'))
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'FACT DENY').within('2022-02-24/..'))
    .then(t, { kind: 'INITIAL' }, { on: 'irn-rus FACT', holds: 'DENY', exceptions: [] })
})

void test('who refuses the whole after promising parts takes the promises along: a REVERSAL of each', (t) => {
  given(
    said('2022-10-01', 'ambassador', DRONES, 'INTENT WILL'),
    said('2022-10-02', 'ambassador', MISSILES, 'INTENT PERMIT'),
  )
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'INTENT WILL_NOT').named('refusal'))
    .then(
      t,
      { kind: 'INITIAL', matter: 'irn-rus', to: 'WILL_NOT' },
      {
        kind: 'REVERSAL',
        matter: MISSILES,
        from: 'PERMIT',
        to: 'WILL_NOT',
        entailedFrom: 'irn-rus',
        reversesEarlier: true,
      },
      {
        kind: 'REVERSAL',
        matter: DRONES,
        from: 'WILL',
        to: 'WILL_NOT',
        entailedFrom: 'irn-rus',
        reversesEarlier: true,
      },
      { on: `${DRONES} INTENT`, holds: 'WILL_NOT', statement: 'refusal', standing: [], entailedFrom: 'irn-rus' },
    )
})

void test('who refuses the whole without the authority to move a promise conflicts with it', (t) => {
  given(said('2022-10-01', 'president', DRONES, 'INTENT WILL').named('promise'))
    .when(said('2022-11-05', 'ambassador', 'irn-rus', 'INTENT WILL_NOT').named('refusal'))
    .then(
      t,
      { kind: 'INITIAL', matter: 'irn-rus' },
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES], statements: ['promise', 'refusal'] },
      { on: `${DRONES} INTENT`, holds: 'WILL', contestedBy: ['refusal'] },
    )
})

void test('what an actor will not do as a bystander leaves alone what it will do as a supplier', (t) => {
  given(said('2022-10-01', 'ambassador', DRONES, 'INTENT WILL'))
    .when(said('2022-11-05', 'foreign-minister', 'arms-to-rus', 'INTENT WILL_NOT'))
    .then(t, { kind: 'INITIAL' }, { on: `${DRONES} INTENT`, holds: 'WILL', contestedBy: [] })
})

void test('disapproving of the whole after approving of a part: a conflict, for norms move no other matter', (t) => {
  given(said('2022-10-01', 'ambassador', DRONES, 'NORM FAVOR'))
    .when(said('2022-11-05', 'foreign-minister', 'irn-rus', 'NORM AGAINST'))
    .then(
      t,
      { kind: 'INITIAL' },
      { conflict: 'INCONSISTENT_VOICE', matters: ['irn-rus', DRONES] },
      { on: `${DRONES} NORM`, holds: 'FAVOR' },
    )
})

void test('exceptions stand level by level, then by name, and need another value, not another sign', (t) => {
  given(
    said('2022-10-01', 'foreign-minister', 'arms-to-rus', 'FACT DENY'),
    said('2022-10-05', 'foreign-minister', 'irn-rus', 'FACT DISCLAIM'),
    said('2022-10-06', 'foreign-minister', DRONES, 'FACT ADMIT_PARTIAL'),
  )
    .when(said('2022-10-07', 'foreign-minister', MISSILES, 'FACT NO_COMMENT'))
    .then(
      t,
      { kind: 'SOFTENING', entailedFrom: 'irn-rus' },
      { on: 'arms-to-rus FACT', holds: 'DENY', exceptions: ['irn-rus', MISSILES, DRONES] },
      { on: 'irn-rus FACT', holds: 'DISCLAIM', exceptions: [MISSILES, DRONES] },
    )
})
