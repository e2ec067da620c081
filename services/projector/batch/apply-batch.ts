import { setImmediate } from 'node:timers/promises'
import type { NewRecords } from '../checkpoints/continue-from.js'
import { applyRecord, RECORDS_BETWEEN_PAUSES } from './apply-records.js'
import type { BatchWork } from './batch-work.js'

/** Applies the records of a batch one after the other, and enters what they touched on its tracks. */
export const applyBatch = async (work: BatchWork, { records, recordedAt }: NewRecords): Promise<void> => {
  for (let index = 0; index < records.length; index++) {
    const record = records[index]
    if (record) applyRecord(work.desk, work.applied, record, recordedAt[index] ?? '')
    if (index % RECORDS_BETWEEN_PAUSES === 0) await setImmediate()
  }
  for (const statement of work.desk.statements.touched()) work.dirty.enter(statement, work.desk.registry)
}
