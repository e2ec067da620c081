import { z } from 'zod'
import { ALL_VALUES, FACETS, VALUES } from './vocabulary.js'
import { edtfText, entityId, text } from './primitives.js'

/** What bounds a stance. What is absent is unbounded. */
export const Scope = z
  .strictObject({
    window: edtfText.optional().describe('EDTF interval in which the transfer or use falls; `..` is open'),
    quantity: text(200).optional().describe('How much or how many, in the words of the statement'),
    endUse: text(200).optional(),
    itemClass: text(200).optional(),
  })
  .describe('What bounds a stance; an absent component is unbounded')
export type Scope = z.output<typeof Scope>

/** IF the holder's own position on (matter, facet) comes to be one of values THEN the stance holds. */
export const Condition = z.strictObject({
  matter: entityId,
  facet: z.enum(FACETS),
  values: z.array(z.enum(ALL_VALUES)).min(1).max(7),
  text: text(1_000).optional(),
})
export type Condition = z.output<typeof Condition>

/** One answer to one of the three questions on one matter. */
export const Stance = z
  .strictObject({
    matter: entityId,
    facet: z.enum(FACETS),
    value: z.enum(ALL_VALUES),
    scope: Scope.optional(),
    condition: Condition.optional(),
    implied: z.boolean().optional().describe('The statement implies this, it does not say it'),
  })
  .refine((s) => (VALUES[s.facet] as readonly string[]).includes(s.value), {
    path: ['value'],
    params: { code: 'VALUE_UNKNOWN' },
    message: 'is not a value of this facet',
  })
export type Stance = z.output<typeof Stance>
