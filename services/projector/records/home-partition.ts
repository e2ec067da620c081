import { TOPICS } from '#libs/contracts/topics.js'
import { partitionOf as murmurPartition } from '#libs/kafka/partition-of.js'
import type { PartitionOf } from './decode-record.js'

/** Where the partition of a key is: murmur2, as the Java client has it. */
export const partitionOf: PartitionOf = (topic, key) => murmurPartition(key, TOPICS[topic].partitions)
