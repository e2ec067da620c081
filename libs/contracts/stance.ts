import { z } from 'zod'
import * as described from './described.js'
import { VALUES } from './vocabulary.js'
import { edtfText, text } from './primitives.js'

/** What bounds a stance. What is absent is unbounded. */
export const Scope = z
  .strictObject({
    window: edtfText.optional().describe('EDTF interval in which the transfer or use falls; `..` is open'),
    quantity: text(200).optional().describe('How much or how many, in the words of the statement'),
    endUse: text(200).optional().describe('What it may be used for, in the words of the statement'),
    itemClass: text(200).optional().describe('Which kind of item, in the words of the statement'),
  })
  .describe('What bounds a stance; an absent component is unbounded')
export type Scope = z.output<typeof Scope>

/** IF the holder's own position on (matter, facet) comes to be one of values THEN the stance holds. */
export const Condition = z.strictObject({
  matter: described.matterId,
  facet: described.facet,
  values: z.array(described.value).min(1).max(7).describe('Any of these meets the condition'),
  text: text(1_000).optional().describe('The condition, in the words of the statement'),
})
export type Condition = z.output<typeof Condition>

/** One answer to one of the three questions on one matter. */
export const Stance = z
  .strictObject({
    matter: described.matterId,
    facet: described.facet,
    value: described.value,
    scope: Scope.optional().describe('What bounds it; null: unbounded'),
    condition: Condition.optional().describe('What it depends on; absent or null: nothing'),
    implied: z.boolean().optional().describe('The statement implies this, it does not say it'),
  })
  .refine((s) => (VALUES[s.facet] as readonly string[]).includes(s.value), {
    path: ['value'],
    params: { code: 'VALUE_UNKNOWN' },
    message: 'is not a value of this facet',
  })
export type Stance = z.output<typeof Stance>
