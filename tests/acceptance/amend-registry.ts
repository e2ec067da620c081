import { DOSSIER } from './amended-dossier.js'
import type { AmendedLedger } from './amended-ledger.js'
import { readDossier } from './dossier-readings.js'

/** A position of the actor that is merged into another, and separated again. */
export const REDIVIVA = '/v1/positions/alba-rediviva/arms/FACT'

/** Amendments of the registry, one after the other: actors, offices and matters turn out to be others than they were. */
export async function amendRegistry(ledger: AmendedLedger): Promise<void> {
  const { moments, position, readBody, redirectOf, served, step } = ledger

  await step(
    'two actors are found to be one',
    { type: 'ledger.actors.merged.v1', subject: 'alba', data: { mergedAway: ['alba-rediviva'] } },
    async (t) => {
      t.strictSame(await redirectOf('/v1/actors/alba-rediviva'), [308, '/v1/actors/alba'])
      t.strictSame(await redirectOf(REDIVIVA), [308, '/v1/positions/alba/arms/FACT'])
      t.strictSame(await redirectOf(`${REDIVIVA}/history`), [308, '/v1/positions/alba/arms/FACT/history'])
    },
  )

  await step(
    'an actor gets another name',
    { type: 'ledger.actor.aliased.v1', subject: 'alba', data: { alias: 'Alba Longa' } },
    async (t) => {
      t.strictSame(await redirectOf('/v1/positions/alba%20longa/arms/FACT'), [308, '/v1/positions/alba/arms/FACT'])
      t.strictSame(await redirectOf('/v1/actors/ALBA%20LONGA'), [308, '/v1/actors/alba'])
    },
  )

  await step(
    'the actors are separated again',
    { type: 'ledger.actors.unmerged.v1', subject: 'alba', data: { separated: ['alba-rediviva'] } },
    async (t) => {
      t.match(await position('alba-rediviva', 'arms', 'FACT'), { value: 'AFFIRM', statement: 'rediviva' })
      const before = moments.find(({ name }) => name.startsWith('the one merged away'))?.dossier.positionsText
      t.equal((await readDossier(served, DOSSIER)).positionsText, before, 'as before they were merged')
    },
  )

  await step(
    'an office is found to have ended: whoever comes after may move what was said in it',
    { type: 'ledger.office.ended.v1', subject: 'alba.president', data: { until: '2020-06-15' } },
    async (t) => {
      t.match(moments.at(-1)?.dossier.conflicts, [{ facet: 'INTENT', statements: ['offer', 'second-refusal'] }])
      t.match(await position('alba', 'arms.drones', 'INTENT'), { value: 'WILL_NOT', contestedBy: { length: 0 } })
    },
  )

  await step(
    'an office is found to have had more authority',
    { type: 'ledger.office.revised.v1', subject: 'alba.spokeswoman', data: { authority: 'PRINCIPAL' } },
    async (t) => t.match(await readBody('/v1/offices/alba.spokeswoman'), { authority: 'PRINCIPAL' }),
  )

  await step(
    'a matter is no longer part of another',
    { type: 'ledger.matter.revised.v1', subject: 'arms.drones', data: { broader: [] } },
    async (t) => t.match(await readBody('/v1/matters/arms'), { narrower: { length: 0 } }),
  )

  await step(
    'an actor has no part in a matter any more',
    {
      type: 'ledger.matter.revised.v1',
      subject: 'arms.drones',
      data: { broader: ['arms'], parties: [{ actor: 'borea', role: 'RECIPIENT' }] },
    },
    async (t) => t.match(await position('alba', 'arms.drones', 'FACT'), { role: 'THIRD' }),
  )
}
