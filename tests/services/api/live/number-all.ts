import { OutboxRows } from '#services/projector/relay/outbox-rows.js'
import type { TestApi } from '../test-api.js'

/** What the relay does first: it gives what waits its numbers. */
export const numberAll = async ({ projector }: Pick<TestApi, 'projector'>): Promise<void> => {
  const rows = new OutboxRows(projector.client, { batchRowsMax: 100, batchBytesMax: 10_000_000 })
  while ((await rows.take()).length > 0);
}
