import { test } from 'tap'
import { resolveCondition, type ConditionPosition } from '#libs/ledger/conditions.js'

/**
 * docs/design.md 6.10, by the example of the seeds: Israel will supply precision missiles to Ukraine only if Iran
 * supplies ballistic missiles to Russia. Whether it does, Israel judges itself.
 */

const IF_IRAN_SUPPLIES = { values: ['AFFIRM' as const, 'ADMIT_PARTIAL' as const] }
const iranDenies: ConditionPosition = { actor: 'irn', value: 'DENY', role: 'SUPPLIER' }
const israel = (value: ConditionPosition['value']): ConditionPosition => ({ actor: 'isr', value, role: 'THIRD' })

void test('the actor who set the condition affirms what it names: MET, though another denies it', (t) => {
  t.strictSame(resolveCondition(IF_IRAN_SUPPLIES, 'isr', [israel('AFFIRM'), iranDenies]), {
    status: 'MET',
    own: 'AFFIRM',
    others: [{ actor: 'irn', value: 'DENY' }],
  })
  t.end()
})

void test('it denies it: UNMET', (t) => {
  t.match(resolveCondition(IF_IRAN_SUPPLIES, 'isr', [iranDenies, israel('DENY')]), { status: 'UNMET', own: 'DENY' })
  t.end()
})

void test('it holds nothing: UNRESOLVED, whatever others hold', (t) => {
  const others: ConditionPosition[] = [{ actor: 'ukr', value: 'AFFIRM', role: 'THIRD' }, iranDenies]
  t.strictSame(resolveCondition(IF_IRAN_SUPPLIES, 'isr', others), {
    status: 'UNRESOLVED',
    own: null,
    others: [
      { actor: 'irn', value: 'DENY' },
      { actor: 'ukr', value: 'AFFIRM' },
    ],
  })
  t.end()
})

void test('what it holds says neither yes nor no: UNRESOLVED', (t) => {
  t.match(resolveCondition(IF_IRAN_SUPPLIES, 'isr', [israel('NO_COMMENT')]), { status: 'UNRESOLVED' })
  t.match(
    resolveCondition(IF_IRAN_SUPPLIES, 'isr', [israel('DISCLAIM')]),
    { status: 'UNRESOLVED' },
    'it is a bystander',
  )
  t.match(resolveCondition(IF_IRAN_SUPPLIES, 'irn', [{ ...iranDenies, value: 'DISCLAIM' }]), { status: 'UNMET' })
  t.end()
})
