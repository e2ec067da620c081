import fc from 'fast-check'
import { test } from 'tap'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { renderChange, renderConflict } from '#libs/resources/change-resource.js'
import { renderPosition } from '#libs/resources/position-resource.js'
import { changeJson, conflictJson, positionJson } from '#libs/resources/resource-json.js'
import { anyMatters, anyStatements } from '#tests/libs/ledger/arbitrary-tracks.js'

/** What is written by hand against what `JSON.stringify` makes of the same. */

const PLACE = { id: '2f1c6f0e-7f66-5d0a-8f0e-0123456789ab', actor: 'irn', dossier: 'war', revision: 3 }

void test('texts of changes, conflicts and positions are those of what is rendered', (t) => {
  fc.assert(
    fc.property(anyStatements, anyMatters, fc.boolean(), (statements, matters, revoked) => {
      const { changes, conflicts, positions } = foldTrack(statements, matters)
      for (const change of changes) {
        const one = { ...PLACE, revoked, change }
        t.equal(changeJson(one), JSON.stringify(renderChange(one)))
      }
      for (const conflict of conflicts) {
        const one = { ...PLACE, revoked, conflict }
        t.equal(conflictJson(one), JSON.stringify(renderConflict(one)))
      }
      for (const position of positions) {
        const conditionState = position.condition === null ? null : revoked ? 'MET' : 'UNMET'
        const one = { actor: 'irn', dossier: 'war', role: 'SUPPLIER' as const, position, conditionState } as const
        t.equal(positionJson(one), JSON.stringify(renderPosition(one)))
      }
    }),
  )
  t.end()
})

void test("texts of people's choice are escaped", (t) => {
  const statement = {
    id: 'a',
    speaker: 'p',
    authority: 'SENIOR' as const,
    said: { earliest: null, latest: '2022-10-20' },
    published: { earliest: '2022-10-20', latest: '2022-10-20' },
    stances: [
      {
        matter: 'm',
        facet: 'FACT' as const,
        value: 'DENY' as const,
        scope: { quantity: 'a "few"\n' },
        condition: { matter: 'n', facet: 'FACT' as const, values: ['DENY' as const], text: 'if \\ "so"' },
      },
    ],
  }
  const [position] = foldTrack([statement], new Map()).positions
  if (position === undefined) throw new Error('a statement makes a position')
  const one = { actor: 'irn', dossier: 'war', role: 'THIRD' as const, position, conditionState: 'MET' } as const
  t.equal(positionJson(one), JSON.stringify(renderPosition(one)))
  t.end()
})
