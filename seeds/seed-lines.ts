import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'

/** What a fresh ledger starts with, in the order in which it has to come: each file refers only to those before it. */
export const SEED_FILES = ['registry.jsonl', 'reports.jsonl', 'statements.jsonl', 'amendments.jsonl'] as const
export type SeedFile = (typeof SEED_FILES)[number]

/** One line as intake takes it in a batch: the type of the event, the entity that it is about, and its data. */
export interface SeedLine {
  type: string
  subject: string
  data: unknown
}

/** @throws Error if the file is not in the tree or a line is no JSON: then the tree is broken, not the caller's input. */
export const readSeedLines = (file: SeedFile): SeedLine[] =>
  readSeedText(file).map((line) => JSON.parse(line) as SeedLine)

/** The lines as they stand in the file, empty ones left out. */
export const readSeedText = (file: SeedFile): string[] =>
  readFileSync(path.join(PROJECT_DIRECTORY, 'seeds', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
