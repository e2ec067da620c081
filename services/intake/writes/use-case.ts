import type { z } from 'zod'
import type { EventType } from '#libs/contracts/events.js'
import { REQUEST_DATA, withId } from '#libs/contracts/requests.js'
import type { KeyScope } from '#libs/contracts/vocabulary.js'

/** One thing that a caller can put on the record: a route, and the event that it makes. */
export interface WriteUseCase {
  /** As OpenAPI writes it, `/v1/statements/{id}/evidence`. With `{id}` it amends that entity, else it makes a new one. */
  readonly path: string
  readonly type: EventType
  readonly scope: KeyScope
  readonly tag: 'statements' | 'registry' | 'reports'
  readonly summary: string
  readonly description?: string
}

export const amends = (useCase: WriteUseCase): boolean => useCase.path.includes('{id}')

/** What the body of a request looks like. */
export const bodyOf = (useCase: WriteUseCase): z.ZodObject =>
  amends(useCase) ? REQUEST_DATA[useCase.type] : bodiesWithId(useCase.type)

const madeBodies = new Map<EventType, z.ZodObject>()
function bodiesWithId(type: EventType): z.ZodObject {
  const body = madeBodies.get(type) ?? withId(REQUEST_DATA[type])
  madeBodies.set(type, body)
  return body
}
