import type { Batch } from 'kafkajs'
import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { readTopic } from '../read-topic.js'
import { ownResidentBytesMax, type BenchContext, type Subject } from '../subject.js'

/** Ceilings: what reading costs before anything is done with what was read. */
export const reads: readonly Subject[] = [
  { name: 'read', title: 'read (raw kafkajs)', run: (context) => read(context, (value) => value.length > 0) },
  {
    name: 'read-parse',
    title: 'read + JSON.parse',
    run: (context) => read(context, (value) => JSON.parse(value.toString()) !== null),
  },
  {
    name: 'read-decode',
    title: 'read + decodeEvent (strict JSON, schema, payload hash)',
    run: (context) => read(context, (value) => decodeEvent(value.toString()).ok),
  },
]

/** `look` says whether a value is what it should be, so that no compiler can leave the work out. */
async function read(context: BenchContext, look: (value: Buffer) => boolean) {
  let seen = 0
  const progress = await readTopic(context, (batch: Batch) => {
    for (const { value } of batch.messages) if (value && look(value)) seen++
  })
  if (seen !== context.events) throw new Error(`read ${seen} good events of ${context.events}`)
  return { progress, residentBytesMax: ownResidentBytesMax() }
}
