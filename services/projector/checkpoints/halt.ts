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

/** A partition that ends before the checkpoint, or begins behind it. */
export const gapIn = (gap: {
  readonly topic: string
  readonly partition: number
  /** The offset that was to be read next. */
  readonly expected: number
  readonly found: number
}): Halted => {
  const place = `partition ${gap.partition} of the ${gap.topic} topic`
  if (gap.found < gap.expected)
    return new Halted(
      `The end of ${place} is offset ${gap.found}, before the checkpoint ${gap.expected}: the topic was truncated or made anew, or this is ` +
        'another cluster. Point the projector at the right cluster, or restore the topic from the journal: `ledger restore-topics`.',
    )
  return new Halted(
    `The first offset in ${place} is ${gap.found}, but ${gap.expected} is next: records were deleted before they were ` +
      'projected. Restore the topic from a backup or from the journal of another ledger, and set its retention.ms to -1.',
  )
}
