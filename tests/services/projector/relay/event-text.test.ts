import t from 'tap'
import { derivedEvent, type Announced } from '#libs/contracts/derived-events.js'
import type { ConflictResource } from '#libs/contracts/resources.js'
import { eventText } from '#services/projector/relay/event-text.js'
import { change } from './outbox-world.js'

const PLACE = { number: 1_042, time: '2022-10-20T08:00:00.123Z' }

const conflict: ConflictResource = {
  id: '7b0b3f0e-5f0c-4c43-9d62-0f0b3c1f5f10',
  actor: 'irn',
  dossier: 'war',
  kind: 'CONTRADICTION',
  facet: 'FACT',
  matters: ['war.matter'],
  statements: ['s-1', 's-2'],
  validFrom: '2022-10-20',
  settledBy: null,
  revision: 3,
  revoked: false,
}

const ANNOUNCED: readonly Announced[] = [
  { announcement: 'asserted', change: change('war', 1) },
  { announcement: 'revoked', change: change('war', 2, { revision: 12, revoked: true, from: null }) },
  { announcement: 'opened', conflict },
  { announcement: 'settled', conflict: { ...conflict, settledBy: 's-9', revision: 4 } },
  { announcement: 'revoked', conflict: { ...conflict, revoked: true } },
  // what looks like the end of it, within a text
  { announcement: 'asserted', change: change('war', 3, { statement: '"revision":7,"revoked":true}' }) },
]

t.test('the text is what would be written of the event', (t) => {
  for (const announced of ANNOUNCED)
    t.equal(eventText(JSON.stringify(announced), PLACE), JSON.stringify(derivedEvent(announced, PLACE)))
  t.end()
})

t.test('text in another form than the projector writes is parsed', (t) => {
  for (const announced of ANNOUNCED) {
    const written = 'change' in announced ? announced.change : announced.conflict
    const inAnotherOrder = Object.fromEntries(Object.entries(written).reverse())
    const what = 'change' in announced ? 'change' : 'conflict'
    for (const text of [
      JSON.stringify(announced, undefined, 1),
      JSON.stringify({ announcement: announced.announcement, [what]: inAnotherOrder }),
    ])
      t.same(JSON.parse(eventText(text, PLACE)), derivedEvent(announced, PLACE))
  }
  t.end()
})
