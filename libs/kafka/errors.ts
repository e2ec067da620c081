/** What can keep a service from working with Kafka. A code is never renamed, never reused. The text says what to do next. */
export const KAFKA_ERRORS = {
  KAFKA_UNREACHABLE: 'See that Kafka runs at these addresses, and that the TLS and SASL settings are its own.',
  TOPIC_MISSING: 'Make the topic with the command in the detail, or start intake, which makes those that are missing.',
  TOPIC_MISCONFIGURED: 'Mend it with the commands in the detail, then start again.',
  PUBLISH_REFUSED: 'The queue towards Kafka is full. Try again shortly.',
  PUBLISH_NOT_SENT: 'Kafka takes no records at the moment, and this one was not sent. Try again shortly.',
  PUBLISH_UNCONFIRMED:
    'Kafka did not confirm in time. The record may have been written: publish it again, with the same id.',
} as const
export type KafkaErrorCode = keyof typeof KAFKA_ERRORS

/** Why something could not be done with Kafka: a stable code, and a detail for a person. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly code: KafkaErrorCode
  constructor(code: KafkaErrorCode, detail: string, options?: ErrorOptions) {
    super(`${detail} ${KAFKA_ERRORS[code]}`, options)
    this.code = code
  }
}
