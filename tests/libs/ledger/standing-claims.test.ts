import fc from 'fast-check'
import { test } from 'tap'
import type { Claim } from '#libs/ledger/claim.js'
import { itemsOf } from '#libs/ledger/claims.js'
import { overlap } from '#libs/ledger/scope.js'
import { StandingClaims } from '#libs/ledger/standing-claims.js'
import { anyStatements } from './arbitrary-tracks.js'

/** The search by window against the plain way: look at every claim. */

const anyClaims = anyStatements.map((statements) =>
  statements.flatMap((one) => itemsOf(one, new Map())).filter((item) => item.kind === 'CLAIM'),
)

const EVER = { quantity: undefined, endUse: undefined, itemClass: undefined }

/** One of many that stand side by side: each speaks of a day of its own. */
const claimOfDay = (day: number): Claim => {
  const date = new Date(Date.UTC(2022, 0, day)).toISOString().slice(0, 10)
  const [claim] = itemsOf(
    {
      id: `s${day}`,
      speaker: 'p',
      authority: 'SENIOR',
      said: { earliest: null, latest: null },
      published: { earliest: '2022-10-20', latest: '2022-10-20' },
      stances: [{ matter: 'm', facet: 'FACT', value: 'DENY', scope: { window: date } }],
    },
    new Map(),
  )
  if (claim?.kind !== 'CLAIM') throw new Error('a stance makes a claim')
  return claim
}

void test('finds what overlaps, in the order in which it came to stand', (t) => {
  fc.assert(
    fc.property(anyClaims, (claims) => {
      const standing = new StandingClaims()
      let plain: Claim[] = []
      for (const claim of claims) {
        const found = standing.overlapping(claim.extent)
        t.strictSame(
          found,
          plain.filter((one) => overlap(one.extent, claim.extent)),
        )
        found.forEach((one) => {
          standing.remove(one)
        })
        standing.add(claim)
        plain = [...plain.filter((one) => !found.includes(one)), claim]
        t.strictSame(standing.list(), plain)
        t.equal(standing.last(), claim)
      }
    }),
  )
  t.end()
})

void test('many at once are found as few are', (t) => {
  const claims = Array.from({ length: 40 }, (_, index) => claimOfDay(index + 1))
  const standing = new StandingClaims()
  for (const claim of claims) {
    standing.add(claim)
    t.strictSame(standing.overlapping(claim.extent), [claim])
  }
  const copy = new StandingClaims(standing)
  for (const claim of claims.filter((_, index) => index % 3 !== 0)) copy.remove(claim)
  const left = claims.filter((_, index) => index % 3 === 0)
  t.strictSame(copy.list(), left)
  t.strictSame(copy.overlapping({ ...EVER, from: -Infinity, until: Infinity }), left)
  t.strictSame(standing.list(), claims)
  t.end()
})

void test('a copy goes its own way', (t) => {
  fc.assert(
    fc.property(anyClaims, ([first, second]) => {
      if (!first || !second || overlap(first.extent, second.extent)) return
      const standing = new StandingClaims()
      standing.add(first)
      const copy = new StandingClaims(standing)
      copy.add(second)
      copy.remove(first)
      t.strictSame(standing.list(), [first])
      t.strictSame(copy.list(), [second])
    }),
  )
  t.end()
})

void test('what does not stand cannot cease to', (t) => {
  const [claim] = itemsOf(
    {
      id: 'a',
      speaker: 'p',
      authority: 'SENIOR',
      said: { earliest: null, latest: null },
      published: { earliest: '2022-10-20', latest: '2022-10-20' },
      stances: [{ matter: 'm', facet: 'FACT', value: 'DENY' }],
    },
    new Map(),
  )
  if (claim?.kind === 'CLAIM') t.throws(() => new StandingClaims().remove(claim))
  t.end()
})
