import { LedgerError } from '#libs/contracts/error-codes.js'
import { BatchLine } from '#libs/contracts/requests.js'
import { faultsOf } from '#libs/contracts/zod-faults.js'
import type { Caller } from '#libs/http/api-keys.js'
import { errorOfFaults } from '#libs/http/problems.js'
import { parseJsonBody } from '#libs/http/strict-body.js'
import type { Write } from '../writes/prepare-write.js'
import { amends, bodyOf, type WriteUseCase } from '../writes/use-case.js'
import { REQUEST_DATA } from '#libs/contracts/requests.js'
import { entityId } from '#libs/contracts/primitives.js'

/** What a line has from the request that it came in. */
export interface LineContext {
  readonly caller: Caller
  readonly idempotencyKey: string | undefined
  readonly traceparent: string | undefined
}

/** The routes that a line can name: those that take one write. */
export type UseCases = readonly WriteUseCase[]

/**
 * Reads one line of a batch: a request by its path, or an event by its type.
 * @param number from 1
 * @throws LedgerError as the same request alone would be refused; pointers are relative to the body, or to the line
 *   where the line itself is wrong
 */
export function readLine(text: string, number: number, useCases: UseCases, context: LineContext): Write {
  const line = BatchLine.safeParse(parseJsonBody(text))
  if (!line.success)
    throw new LedgerError('FIELD_INVALID', {
      detail: 'A line is {"path", "body"} or {"type", "subject", "data"}, and may have a "key".',
      faults: [{ code: 'FIELD_INVALID', pointer: '', detail: 'is neither a request nor an event' }],
    })
  return 'path' in line.data
    ? ofRequest(line.data, number, useCases, context)
    : ofEvent(line.data, number, useCases, context)
}

function ofRequest(
  line: Extract<BatchLine, { path: string }>,
  number: number,
  useCases: UseCases,
  context: LineContext,
): Write {
  const { useCase, id } = useCaseOfPath(line.path, useCases)
  const body = bodyOf(useCase).safeParse(line.body, { reportInput: true })
  if (!body.success) throw errorOfFaults(faultsOf(body.error))
  const { id: chosen, ...data } = body.data as { id?: string }
  const subject = amends(useCase) ? id : chosen
  return writeOf(useCase, subject, data, line.key, number, context)
}

function ofEvent(
  line: Extract<BatchLine, { type: string }>,
  number: number,
  useCases: UseCases,
  context: LineContext,
): Write {
  const useCase = useCases.find(({ type }) => type === line.type)
  if (!useCase)
    throw errorOfFaults([{ code: 'EVENT_TYPE_UNKNOWN', pointer: '/type', detail: 'is not a type that a batch takes' }])
  const data = REQUEST_DATA[useCase.type].safeParse(line.data, { reportInput: true })
  if (!data.success) throw errorOfFaults(faultsOf(data.error))
  return writeOf(useCase, line.subject, data.data, line.key, number, context)
}

function writeOf(
  useCase: WriteUseCase,
  subject: string | undefined,
  data: object,
  key: string | undefined,
  number: number,
  { caller, idempotencyKey, traceparent }: LineContext,
): Write {
  if (!caller.scopes.includes(useCase.scope))
    throw new LedgerError('SCOPE_MISSING', { detail: `This line needs the scope '${useCase.scope}'.` })
  // a line with a key of its own is that request alone, wherever it stands; else its place in the batch tells it
  const identity =
    key === undefined ? { route: '/v1/batches', key: idempotencyKey, line: number } : { route: useCase.path, key }
  return { type: useCase.type, subject, data, caller, identity, traceparent }
}

function useCaseOfPath(path: string, useCases: UseCases): { useCase: WriteUseCase; id: string | undefined } {
  const parts = path.split('/')
  for (const useCase of useCases) {
    const pattern = useCase.path.split('/')
    if (pattern.length !== parts.length) continue
    if (!pattern.every((part, i) => part === '{id}' || part === parts[i])) continue
    const id = parts[pattern.indexOf('{id}')]
    if (amends(useCase) && !entityId.safeParse(id).success) break
    return { useCase, id: amends(useCase) ? id : undefined }
  }
  throw new LedgerError('ROUTE_UNKNOWN', { detail: 'No route that takes one write has this path.' })
}
