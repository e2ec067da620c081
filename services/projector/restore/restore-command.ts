import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { ConfigError } from '#libs/lifecycle/environment.js'
import { tableLines } from '#libs/terminal/table-lines.js'
import type { CommandContext } from '../replay/command-context.js'
import { lockReplays } from '../replay/replay-state.js'
import { restoreTopics } from './restore-topics.js'

/** @returns exit code: 0, whether or not anything was missing */
export const restoreCommand = async ({ client, config, signal, json, out }: CommandContext): Promise<number> => {
  if (config.kafka === undefined) throw new ConfigError(['KAFKA_BROKERS: names no broker to restore topics on'])
  await lockReplays(client)
  await using kafka = await connectKafka(config.kafka)
  let restored = 0
  let saidAtMs = performance.now()
  const partitions = await restoreTopics(client, kafka, {
    signal,
    onRestored: (count) => {
      restored += count
      if (performance.now() - saidAtMs < SAY_EVERY_MS) return
      saidAtMs = performance.now()
      process.stderr.write(`${restored} records are back.\n`)
    },
  })
  if (json) out(JSON.stringify({ restored, partitions }))
  else for (const line of linesOf(restored, partitions)) out(line)
  return 0
}

const SAY_EVERY_MS = 2_000

const linesOf = (restored: number, partitions: Awaited<ReturnType<typeof restoreTopics>>): string[] =>
  restored === 0
    ? ['The topics have all that the journal has: nothing was restored.']
    : [
        ...tableLines([
          ['topic', 'partition', 'there', 'restored'],
          ...partitions
            .filter((one) => one.restored > 0)
            .map((one) => [one.topic, one.partition, one.kept, one.restored]),
        ]),
        `${restored} records are back at their offsets. Start the projectors and intakes again.`,
      ]
