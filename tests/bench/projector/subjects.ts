import type { Subject } from './subject.js'
import { journalCopies } from './subjects/journal-copy.js'
import { liveProjectors } from './subjects/live-projector.js'
import { reads } from './subjects/reads.js'
import { replays } from './subjects/replays.js'
import { straightLines } from './subjects/straight-line.js'
import { tutorial } from './subjects/tutorial.js'

/** All that is measured, in the order of the report. A new subject is a file of `subjects/` and a line here. */
export const SUBJECTS: readonly Subject[] = [
  ...reads,
  ...journalCopies,
  ...straightLines,
  tutorial,
  ...liveProjectors,
  ...replays,
]
