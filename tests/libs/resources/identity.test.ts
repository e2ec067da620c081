import type { Change, Conflict } from '#libs/ledger/track.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import t from 'tap'

const change = (fields: Partial<Change> = {}): Change =>
  ({
    matter: 'irn-rus.uav',
    facet: 'FACT',
    kind: 'REVERSAL',
    from: 'DENY',
    to: 'ADMIT_PARTIAL',
    order: 'certain',
    statement: 'uw-044',
    validFrom: '2022-11-27',
    entailedFrom: null,
    reversesEarlier: true,
    ...fields,
  }) as Change

t.test('the id of a change hangs on what it is, not on what it says', (t) => {
  const [id] = changeIds('irn', [change()])
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.strictSame(changeIds('irn', [change({ validFrom: '2023-01-01', order: 'assumed' })]), [id])
  for (const other of [change({ matter: 'irn-rus' }), change({ facet: 'NORM' }), change({ statement: 'uw-045' })])
    t.not(changeIds('irn', [other])[0], id)
  t.not(changeIds('isr', [change()])[0], id)
  t.end()
})

t.test('an id that was handed out stays what it was', (t) => {
  // the value was taken when the namespace was made: whoever changes it breaks every citation
  t.strictSame(changeIds('irn', [change()]), ['8c519f2c-f948-50aa-b2bc-de3770f23d43'])
  t.end()
})

t.test('two changes of one kind by one statement on one position differ by their ordinal', (t) => {
  const ids = changeIds('irn', [change(), change({ from: 'DISCLAIM' }), change({ matter: 'irn-rus' })])
  t.equal(new Set(ids).size, 3)
  t.equal(ids[0], changeIds('irn', [change()])[0])
  t.end()
})

t.test('the id of a conflict is that of its pair, facet and matters', (t) => {
  const conflict: Conflict = {
    kind: 'CONTRADICTION',
    facet: 'FACT',
    matters: ['a', 'b'],
    statements: ['s1', 's2'],
    validFrom: '2022-01-01',
    settledBy: null,
  }
  const [id] = conflictIds('irn', 'war', [conflict])
  t.strictSame(conflictIds('irn', 'war', [{ ...conflict, settledBy: 's3' }]), [id])
  t.not(conflictIds('irn', 'war', [{ ...conflict, statements: ['s2', 's1'] }])[0], id)
  t.not(conflictIds('irn', 'peace', [conflict])[0], id)
  t.end()
})
