import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import type { Fault } from '#libs/contracts/error-codes.js'
import { faultsOf } from '#libs/contracts/zod-faults.js'

/** A part of a request that its schema refuses. Fastify says which part. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest'
  readonly faults: readonly Fault[]
  /** Set by Fastify. */
  validationContext?: 'body' | 'headers' | 'params' | 'querystring'
  constructor(faults: readonly Fault[]) {
    super('The request is not what its schema asks for.')
    this.faults = faults
  }
}

/** Holds requests against zod schemas. A schema of another kind (a body that is no JSON) is the route's own matter. */
export const validateByZod: FastifySchemaCompiler<unknown> = ({ schema }) => {
  if (!(schema instanceof z.ZodType)) return (value: unknown) => ({ value })
  return (value: unknown) => {
    const parsed = schema.safeParse(value, { reportInput: true })
    return parsed.success ? { value: parsed.data } : { error: new InvalidRequest(faultsOf(parsed.error)) }
  }
}
