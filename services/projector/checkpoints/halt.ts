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
