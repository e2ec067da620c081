import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import type { TransactionRecord } from '#libs/kafka/transactional-producer.js'
import { eventText } from './event-text.js'
import type { NumberedRow } from './outbox-rows.js'

/** Headers of a record of a derived topic, decimal text: the sequence of its row, the first sequence of its transaction. */
export const SEQUENCE_HEADER = 'ledger-sequence'
export const TRANSACTION_HEADER = 'ledger-transaction'
/** The number of a change. */
export const NUMBER_HEADER = 'ledger-number'

/**
 * The records of a row, in its order.
 * @param transaction the sequence of the first row that is published with it
 */
export const recordsOf = (row: NumberedRow, transaction: number): TransactionRecord[] => {
  const lines = row.messages.split('\n')
  const place = { [SEQUENCE_HEADER]: String(row.sequence), [TRANSACTION_HEADER]: String(transaction) }
  return row.topic === 'positions' ? positionRecords(lines, place) : changeRecords(row, lines, place)
}

type Headers = TransactionRecord['headers']

/** A body is passed on as it stands: it is what the api answers with, too. */
const positionRecords = (lines: readonly string[], place: Headers): TransactionRecord[] => {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...place }
  return lines.map((line) => {
    const { key, body } = partsOf(line)
    return { topicRole: 'positions', key, value: body === 'null' ? null : body, headers }
  })
}

const changeRecords = (row: NumberedRow, lines: readonly string[], place: Headers): TransactionRecord[] => {
  const { firstNumber, createdAt } = row
  if (firstNumber === null) throw new Error(`row ${row.id} of the outbox has changes and no number`)
  const time = createdAt.toISOString()
  return lines.map((line, index) => {
    const { key, body } = partsOf(line)
    const number = firstNumber + index
    return {
      topicRole: 'changes',
      key,
      value: eventText(body, { number, time }),
      headers: { 'content-type': CONTENT_TYPE, [NUMBER_HEADER]: String(number), ...place },
    }
  })
}

/** Parsing each body only to write it again would cost more than all else the relay does. Keys hold nothing that JSON escapes. */
const partsOf = (line: string): { key: string; body: string } => {
  const end = line.indexOf('",')
  if (end < 0 || !line.startsWith('["') || !line.endsWith(']'))
    throw new Error(`not a message of the outbox: ${line.slice(0, 200)}`)
  return { key: line.slice(2, end), body: line.slice(end + 2, -1) }
}
