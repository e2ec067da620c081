/** The topic is no longer what was projected from it. Going on would make the read models wrong: an operator decides. */
export class Halted extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Halted'
  }
}

/** Another projector has a partition that this one believed to be its own: roll back, and read the assignment again. */
export class CheckpointLost extends Error {
  constructor(readonly partitions: readonly string[]) {
    super(`another projector has moved a checkpoint of ${partitions.join(', ')}`)
    this.name = 'CheckpointLost'
  }
}

/**
 * A partition that does not go on where it was to be read on. At a start that is the record before the checkpoint, which
 * tells whether the topic is the one we know.
 */
export const gapIn = (gap: {
  readonly topic: string
  readonly partition: number
  /** The offset that was to be read next. */
  readonly expected: number
  readonly found: number
  /** Where it is another: what lies below it has been projected. */
  readonly checkpoint?: number | undefined
}): Halted => {
  const place = `partition ${gap.partition} of the ${gap.topic} topic`
  const checkpoint = Math.max(gap.expected, gap.checkpoint ?? 0)
  if (gap.found < gap.expected)
    return new Halted(
      `The end of ${place} is offset ${gap.found}, before the checkpoint ${checkpoint}: the topic was truncated or made anew, or this is ` +
        'another cluster. Point the projector at the right cluster, or restore the topic from the journal: `ledger restore-topics`.',
    )
  if (gap.found <= checkpoint)
    return new Halted(
      `The first offset in ${place} is ${gap.found}, the checkpoint: all records before it were deleted. They have all been projected, and ` +
        'the journal has them, but none is left by which the topic is known again. Delete the topic, restore it from the journal with `ledger restore-topics`, and set its retention.ms to -1.',
    )
  return new Halted(
    `The first offset in ${place} is ${gap.found}, but ${checkpoint} is next: records were deleted before they were ` +
      'projected. Restore the topic from a backup or from the journal of another ledger, and set its retention.ms to -1.',
  )
}
