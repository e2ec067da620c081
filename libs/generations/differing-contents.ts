import { partsOf } from '#libs/postgres/statement-parts.js'
import type { Difference, GenerationView } from './difference.js'
import { DIGEST_CONTENTS, LIST_CONTENTS, type ContentKind } from './contents.sql.js'

/** Rows of one table that differ: found by sums of hashes first, so that equal tables are not read row by row. */
export const differingContents = async (
  kind: ContentKind,
  a: GenerationView,
  b: GenerationView,
  onDifference: (difference: Difference) => void,
): Promise<void> => {
  const [bucketsOfA, bucketsOfB] = [await digestBuckets(kind, a), await digestBuckets(kind, b)]
  const differing = [...new Set([...bucketsOfA.keys(), ...bucketsOfB.keys()])]
    .filter((bucket) => bucketsOfA.get(bucket) !== bucketsOfB.get(bucket))
    .sort((x, y) => x - y)
  for (const buckets of partsOf(differing, BUCKETS_AT_ONCE)) {
    const [rowsOfA, rowsOfB] = [await listRows(kind, a, buckets), await listRows(kind, b, buckets)]
    for (const name of [...new Set([...rowsOfA.keys(), ...rowsOfB.keys()])].sort()) {
      const [inA, inB] = [rowsOfA.get(name) ?? null, rowsOfB.get(name) ?? null]
      if (inA !== inB) onDifference({ kind, name, a: inA, b: inB })
    }
  }
}

const BUCKETS_AT_ONCE = 64

const digestBuckets = async (
  kind: ContentKind,
  { client, schemaName }: GenerationView,
): Promise<Map<number, string>> => {
  const { rows } = await client.query<{ bucket: number; rows: number; digest: string }>(
    DIGEST_CONTENTS(schemaName, kind),
  )
  return new Map(rows.map(({ bucket, rows: count, digest }) => [bucket, `${count} ${digest}`]))
}

const listRows = async (
  kind: ContentKind,
  { client, schemaName }: GenerationView,
  buckets: readonly number[],
): Promise<Map<string, string>> => {
  const { rows } = await client.query<{ name: string; digest: string }>(LIST_CONTENTS(schemaName, kind), [buckets])
  return new Map(rows.map(({ name, digest }) => [name, digest]))
}
