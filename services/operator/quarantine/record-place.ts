import { SOURCE_TOPIC_ROLES, TOPICS, type SourceTopicRole } from '#libs/contracts/topics.js'
import { UsageError } from '../command.js'

/** Where a record stands. */
export interface RecordPlace {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: number
}

/** `statements/3/42`, or with the name of the topic as the broker has it. @throws UsageError */
export const recordPlaceOf = (text: string | undefined): RecordPlace => {
  const [, name = '', partition, offset] = /^(.+)\/(\d{1,5})\/(\d{1,15})$/.exec(text ?? '') ?? []
  const topic = SOURCE_TOPIC_ROLES.find((role) => role === name || name.endsWith(TOPICS[role].name))
  if (topic === undefined)
    throw new UsageError(`'${text ?? ''}' is not a record: say topic/partition/offset, like statements/3/42.`)
  return { topic, partition: Number(partition), offset: Number(offset) }
}

export const placeText = ({ topic, partition, offset }: RecordPlace): string => `${topic}/${partition}/${offset}`
