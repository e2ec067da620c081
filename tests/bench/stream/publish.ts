import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import { derivedEvent } from '#libs/contracts/derived-events.js'
import { openTransactionalProducer } from '#libs/kafka/transactional-producer.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'

const TICK_MS = 20

/**
 * Publishes changes as the relay does, in transactions, at a rate that does not depend on how fast they are read.
 * @returns how many were published
 */
export async function publishChanges(kafka: KafkaConnection, rate: number, signal: AbortSignal): Promise<number> {
  await using producer = await openTransactionalProducer(kafka, {
    transactionalId: `bench-${randomUUID()}`,
    roles: ['changes'],
  })
  const startMs = performance.now()
  let published = 0
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startMs) / 1_000) * rate) - published
    if (due > 0) {
      const first = published
      await producer.publish(Array.from({ length: due }, (_, index) => recordOf(first + index + 1)))
      published += due
    }
    await setTimeout(TICK_MS)
  }
  return published
}

const recordOf = (number: number) => {
  const change = {
    id: randomUUID(),
    actor: `actor-${number % 200}`,
    dossier: `dossier-${number % 50}`,
    matter: `matter-${number % 500}`,
    facet: 'FACT' as const,
    kind: 'REVERSAL' as const,
    from: 'DENY' as const,
    to: 'ADMIT_PARTIAL' as const,
    order: 'certain' as const,
    statement: `statement-${number}`,
    validFrom: '2022-11-05',
    entailedFrom: null,
    reversesEarlier: true,
    revision: 1,
    revoked: false,
  }
  const event = derivedEvent({ announcement: 'asserted', change }, { number, time: new Date().toISOString() })
  return {
    topicRole: 'changes' as const,
    key: change.dossier,
    value: JSON.stringify(event),
    headers: { 'content-type': CONTENT_TYPE },
  }
}
