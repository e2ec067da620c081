import type { z } from 'zod'
import type { ErrorCode, Fault } from './error-codes.js'
import { escapePointer } from './strict-json.js'

/**
 * What zod found wrong, as faults with stable codes and JSON pointers, at most 20 of them. Parse with `reportInput`, or a
 * missing value of a closed list passes for an unknown one.
 */
export function faultsOf(error: z.ZodError, prefix = ''): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, prefix)).slice(0, 20)
}

function faultsOfIssue(issue: z.core.$ZodIssue, prefix: string): Fault[] {
  const pointer = prefix + issue.path.map((p) => `/${escapePointer(String(p))}`).join('')
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'FIELD_UNKNOWN',
        pointer: `${pointer}/${escapePointer(key)}`,
        detail: `'${key.slice(0, 100)}' is not a field here`,
      }))
    case 'invalid_value':
      if ('input' in issue && issue.input === undefined)
        return [{ code: 'FIELD_MISSING', pointer, detail: 'is required' }]
      return [{ code: 'VALUE_UNKNOWN', pointer, detail: `must be one of ${issue.values.map(String).join(', ')}` }]
    case 'invalid_type':
      return [
        issue.input === undefined && issue.message.includes('undefined')
          ? { code: 'FIELD_MISSING', pointer, detail: 'is required' }
          : { code: 'FIELD_INVALID', pointer, detail: issue.message },
      ]
    case 'custom':
      return [
        { code: (issue.params?.code as ErrorCode | undefined) ?? 'FIELD_INVALID', pointer, detail: issue.message },
      ]
    default:
      return [{ code: 'FIELD_INVALID', pointer, detail: issue.message }]
  }
}
