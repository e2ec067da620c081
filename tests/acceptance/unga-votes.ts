import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import type { LedgerClient } from '#libs/client/ledger-client.js'
import type {
  ChangeResource,
  ConflictResource,
  PositionResource,
  StatementResource,
} from '#libs/contracts/resources.js'
import { KNOWN_SERIES } from '#services/operator/unga-votes/series.js'
import type { LedgerProcess } from './ledger-process.js'

/** What docs/design.md 6 says that the eleven votes on the Arms Trade Treaty fold to, asked over HTTP. */
export async function votesFoldAsDesigned(t: Test, client: LedgerClient, dossier: string): Promise<void> {
  const query = `?dossier=${dossier}`
  const [statements, changes, conflicts, positions] = await Promise.all([
    client.readAll<StatementResource>(`/v1/statements${query}`),
    client.readAll<ChangeResource>(`/v1/changes${query}`),
    client.readAll<ConflictResource>(`/v1/conflicts${query}`),
    client.readAll<PositionResource>(`/v1/positions${query}`),
  ])
  t.equal(statements.length, 1_931)
  t.strictSame(countsOf(changes), { INITIAL: 193, REAFFIRM: 1_685, SOFTENING: 27, HARDENING: 24, REVERSAL: 2 })
  t.strictSame(
    changes
      .filter(({ kind }) => kind === 'REVERSAL')
      .map(({ actor, from, to, validFrom }) => [actor, from, to, validFrom])
      .sort(),
    [
      ['usa', 'AGAINST', 'FAVOR', '2009-12-02'],
      ['zwe', 'FAVOR', 'AGAINST', '2009-12-02'],
    ],
  )
  t.equal(changes.filter(({ reversesEarlier }) => reversesEarlier).length, 3)
  t.strictSame(conflicts, [])
  t.equal(positions.length, 193)
  const before = await client.read<PositionResource>(
    `/v1/positions/usa/${positions[0]?.matter}/NORM?asOf=2009-12-01&publicAt=2009-12-01`,
  )
  t.match(before, { value: 'AGAINST', validFrom: '2008-12-24' }, 'the day before the United States came round')
}

const countsOf = (changes: readonly ChangeResource[]): Record<string, number> => {
  const counts: Record<string, number> = { INITIAL: 0, REAFFIRM: 0, SOFTENING: 0, HARDENING: 0, REVERSAL: 0 }
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** What the command prints with --json, as far as it is looked at. */
interface ImportReport {
  readonly statements: { readonly sent: number; readonly alreadyThere: number; readonly refused: number }
}

/** `ledger import unga-votes` of the extracts in seeds/, packed as the whole files are, to another dossier. */
export function importVotes({ place, key }: LedgerProcess, dossier: string): { status: number | null; out: string } {
  const [series] = KNOWN_SERIES
  const files = ['votes.csv', 'roll-calls.csv'].map((name) => packed(place.dir, name))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['dist/services/operator/main.js', 'import', 'unga-votes', ...files, '--series', series.rcids.join(',')],
      ...['--dossier', dossier, '--matter', dossier, '--title', 'The same votes again', '--json'],
      ...['--intake', place.intakeUrl, '--api', place.apiUrl, '--key', key],
    ],
    { encoding: 'utf8' },
  )
  return { status, out: status === 0 ? stdout : stderr }
}

export const reportOf = (out: string): ImportReport => JSON.parse(out) as ImportReport

function packed(dir: string, name: string): string {
  const file = path.join(dir, `${name}.gz`)
  writeFileSync(file, gzipSync(readFileSync(path.join('seeds', 'arms-trade-treaty', name))))
  return file
}
