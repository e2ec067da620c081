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
export const validateByZod: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) return (value: unknown) => ({ value })
  // most requests have no query: what that comes to need be found out once only
  const withoutQuery = httpPart === 'querystring' ? (schema.safeParse({}).data as object | undefined) : undefined
  return (value: unknown) => {
    if (withoutQuery !== undefined && isEmpty(value)) return { value: { ...withoutQuery } }
    const parsed = schema.safeParse(value)
    return parsed.success ? { value: parsed.data } : { error: refusalOf(schema, value) }
  }
}

/** Looked at once more, for the values that its faults are about: to keep these at hand for all that is well would cost more. */
const refusalOf = (schema: z.ZodType, value: unknown): InvalidRequest => {
  const { error } = schema.safeParse(value, { reportInput: true })
  if (error === undefined) throw new Error('what a schema refused it takes now')
  return new InvalidRequest(faultsOf(error))
}

const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0
