import { postLines } from '#libs/client/post-lines.js'
import type { BatchLine, LedgerClient } from '#libs/client/ledger-client.js'
import { armsTradeTreatyLines } from './arms-trade-treaty/arms-trade-treaty.js'
import { SEED_FILES, readSeedLines } from './seed-lines.js'

/** A set of lines that is loaded in one go; each refers only to lines before it, or in sets before it. */
export interface SeedPart {
  name: string
  lines: () => readonly BatchLine[] | Promise<readonly BatchLine[]>
}

/** What a fresh ledger starts with, in order. */
export const SEED_PARTS: readonly SeedPart[] = [
  ...SEED_FILES.map((file) => ({ name: file.replace('.jsonl', ''), lines: () => readSeedLines(file) })),
  { name: 'arms-trade-treaty', lines: armsTradeTreatyLines },
]

export interface SeedProgress {
  part: string
  done: number
  total: number
}

export interface LoadedSeeds {
  lines: number
  /** Tokens of Ledger-After: a read that waited for each of them shows all of the seeds. */
  ledgerAfter: string[]
}

/** Who loaded an earlier state of these files has them already, under other Idempotency-Keys. */
const THERE_ALREADY = new Set(['ALREADY_REGISTERED', 'ALREADY_RECORDED'])

/**
 * Posts the seeds through intake, as anybody would. May be repeated, also after it failed halfway: what is there stays as
 * it is.
 * @throws LineRefused, RequestError
 */
export async function loadSeeds(
  client: LedgerClient,
  onProgress: (progress: SeedProgress) => void,
  parts: readonly SeedPart[] = SEED_PARTS,
): Promise<LoadedSeeds> {
  const loaded: LoadedSeeds = { lines: 0, ledgerAfter: [] }
  for (const { name, lines } of parts) {
    const { posted, accepted, ledgerAfter } = await postLines(client, await lines(), {
      name: `seeds/${name}`,
      accept: THERE_ALREADY,
      onProgress: (progress) => {
        onProgress({ part: name, ...progress })
      },
    })
    loaded.lines += posted + accepted
    if (ledgerAfter !== undefined) loaded.ledgerAfter.push(ledgerAfter)
  }
  return loaded
}
