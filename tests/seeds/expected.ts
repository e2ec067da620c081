import { readFileSync } from 'node:fs'

/** What the seeds must fold to, by actor; statements by their numbers, as tests/data/seed-statements/README.md has it. */
export interface ExpectedTrack {
  changes: object[]
  conflicts: object[]
  positions: object[]
}

type ExpectedLine = { what: 'change' | 'conflict' | 'position' | 'dispute'; actor: string } & Record<string, unknown>

/** The seven actors' changes and conflicts in the order of the fold, and their positions by matter and facet. */
export function readExpected(): Map<string, ExpectedTrack> {
  const tracks = new Map<string, ExpectedTrack>()
  for (const text of readFileSync('tests/data/seed-statements/expected.jsonl', 'utf8').trim().split('\n')) {
    const { what, actor, ...fields } = JSON.parse(text) as ExpectedLine
    if (what === 'dispute') continue
    const track = tracks.get(actor) ?? { changes: [], conflicts: [], positions: [] }
    tracks.set(actor, track)
    track[`${what}s`].push(fields)
  }
  return tracks
}
