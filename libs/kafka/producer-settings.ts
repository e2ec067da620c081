import type { ProducerConfig } from 'kafkajs'

/** Of every producer here: idempotent, one request at a time, and each message goes to the partition that it names. */
export const PRODUCER_SETTINGS: ProducerConfig = {
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner:
    () =>
    ({ message }) =>
      message.partition ?? 0,
}
