import { UsageError } from '../command.js'

/** What can be wrong with what the importer was given. The text says what to do; the code is for programs. */
export type InputFault =
  | 'FILE_MISSING'
  | 'FILE_NOT_GZIP'
  | 'FILE_DAMAGED'
  | 'COLUMN_MISSING'
  | 'ROW_INVALID'
  | 'SERIES_INVALID'
  | 'ROLL_CALL_UNKNOWN'
  | 'ROLL_CALL_WITHOUT_VOTES'

/** A mistake in the series or the files, found before anything is sent. */
export class InputError extends UsageError {
  readonly fault: InputFault
  constructor(fault: InputFault, message: string, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
  }
}
