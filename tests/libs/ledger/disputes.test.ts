import { test } from 'tap'
import type { Role, Value } from '#libs/contracts/vocabulary.js'
import { disputesOn, type DisputeParty } from '#libs/ledger/disputes.js'

/** docs/design.md 6.10, by examples: who gainsays whom. */

const DRONES = 'irn-rus.uav'

const holds = (actor: string, role: Role, value: Value, window?: string): DisputeParty => ({
  actor,
  role,
  standingClaims: [{ statement: `of ${actor}`, value, scope: window ? { window } : null, condition: null }],
})

void test('one denies what another affirms: OPPOSED', (t) => {
  t.strictSame(disputesOn(DRONES, [holds('ukr', 'THIRD', 'AFFIRM'), holds('irn', 'SUPPLIER', 'DENY')]), [
    { matter: DRONES, actors: ['irn', 'ukr'], kind: 'OPPOSED' },
  ])
  t.end()
})

void test('of different times they are not opposed', (t) => {
  const parties = [holds('ukr', 'THIRD', 'AFFIRM', '2022-10'), holds('irn', 'SUPPLIER', 'DENY', '2021')]
  t.strictSame(disputesOn(DRONES, parties), [])
  t.end()
})

void test('a party that disclaims knowledge is opposed to who affirms; a bystander is not', (t) => {
  t.match(disputesOn(DRONES, [holds('rus', 'RECIPIENT', 'DISCLAIM'), holds('ukr', 'THIRD', 'AFFIRM')]), [
    { kind: 'OPPOSED' },
  ])
  t.strictSame(disputesOn(DRONES, [holds('chn', 'THIRD', 'DISCLAIM'), holds('ukr', 'THIRD', 'AFFIRM')]), [])
  t.end()
})

void test('one admits a few, the other all: EXTENT', (t) => {
  t.match(disputesOn(DRONES, [holds('irn', 'SUPPLIER', 'ADMIT_PARTIAL'), holds('eu', 'THIRD', 'AFFIRM')]), [
    { actors: ['eu', 'irn'], kind: 'EXTENT' },
  ])
  t.end()
})

void test('both affirm, of times that do not meet: EXTENT', (t) => {
  const before = holds('irn', 'SUPPLIER', 'AFFIRM', '../2022-02-23')
  t.match(disputesOn(DRONES, [before, holds('usa', 'THIRD', 'AFFIRM', '2022-06/2022-08')]), [{ kind: 'EXTENT' }])
  t.strictSame(disputesOn(DRONES, [before, holds('usa', 'THIRD', 'AFFIRM', '2022')]), [])
  t.end()
})

void test('bystanders do not dispute the extent among themselves', (t) => {
  t.strictSame(disputesOn(DRONES, [holds('eu', 'THIRD', 'AFFIRM'), holds('ukr', 'THIRD', 'ADMIT_PARTIAL')]), [])
  t.end()
})

void test('two who are opposed and differ in extent too are opposed, once', (t) => {
  const irn: DisputeParty = {
    ...holds('irn', 'SUPPLIER', 'DENY', '2022-02-24/..'),
    standingClaims: [
      ...holds('irn', 'SUPPLIER', 'DENY', '2022-02-24/..').standingClaims,
      ...holds('irn', 'SUPPLIER', 'ADMIT_PARTIAL', '../2022-02-23').standingClaims,
    ],
  }
  t.strictSame(disputesOn(DRONES, [irn, holds('ukr', 'THIRD', 'AFFIRM')]), [
    { matter: DRONES, actors: ['irn', 'ukr'], kind: 'OPPOSED' },
  ])
  t.end()
})

void test('disputes stand by their actors, whoever is named first', (t) => {
  const parties = [holds('ukr', 'THIRD', 'AFFIRM'), holds('irn', 'SUPPLIER', 'DENY'), holds('gbr', 'THIRD', 'AFFIRM')]
  const actors = disputesOn(DRONES, parties).map((dispute) => dispute.actors)
  t.strictSame(actors, [
    ['gbr', 'irn'],
    ['irn', 'ukr'],
  ])
  t.strictSame(disputesOn(DRONES, parties.toReversed()), disputesOn(DRONES, parties))
  t.end()
})
