import type { Client } from './database.js'

/**
 * The schema of a migrated database as text, from Postgres's own catalogs: what docs/schema.sql holds, so that a
 * reviewer reads the difference that a migration makes. Ours, since pg_dump is not among the binaries we start.
 */
export const dumpSchema = async (client: Client): Promise<string> => {
  // Postgres leaves out the names of schemas on the path, and an account may be called as one of ours is
  await client.query('set search_path to public')
  const relations = await client.query<Relation>(LIST_RELATIONS)
  const parts: string[] = []
  for (const relation of relations.rows) parts.push(await dumpRelation(client, relation))
  return `${HEADER}\n${parts.join('\n')}`
}

const HEADER = `-- The schema of a migrated database, one generation included. Written by \`npm run db:schema\`; do not edit.\n`

interface Relation {
  readonly oid: number
  readonly name: string
  readonly kind: 'r' | 'v'
  readonly options: string[] | null
  readonly comment: string | null
  readonly view: string | null
}

const dumpRelation = async (client: Client, relation: Relation): Promise<string> => {
  const comment = relation.comment === null ? '' : `-- ${relation.comment}\n`
  if (relation.kind === 'v') return `${comment}create view ${relation.name} as\n${relation.view ?? ''}\n`
  const columns = await client.query<{ line: string }>(LIST_COLUMNS, [relation.oid])
  const constraints = await client.query<{ line: string }>(LIST_CONSTRAINTS, [relation.oid])
  const indexes = await client.query<{ line: string }>(LIST_INDEXES, [relation.oid])
  const lines = [...columns.rows, ...constraints.rows].map(({ line }) => `  ${line}`)
  const options = relation.options === null ? '' : ` with (${relation.options.join(', ')})`
  const after = indexes.rows.map(({ line }) => `${line};\n`).join('')
  return `${comment}create table ${relation.name} (\n${lines.join(',\n')}\n)${options};\n${after}`
}

const LIST_RELATIONS = `
  select class.oid::int as oid,
         namespace.nspname || '.' || class.relname as name,
         class.relkind as kind,
         class.reloptions as options,
         obj_description(class.oid, 'pg_class') as comment,
         case when class.relkind = 'v' then pg_get_viewdef(class.oid, true) end as view
    from pg_catalog.pg_class as class
    join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
   where (namespace.nspname = 'ledger' or namespace.nspname like 'generation\\_%')
     and class.relkind in ('r', 'v')
   order by namespace.nspname desc,
            class.relkind,
            class.relname`

const LIST_COLUMNS = `
  select concat_ws(' ',
           attribute.attname,
           format_type(attribute.atttypid, attribute.atttypmod),
           case when collation_of.collname <> 'default' then 'collate "' || collation_of.collname || '"' end,
           case when attribute.attidentity = 'a' then 'generated always as identity' end,
           case when attribute.attnotnull then 'not null' end,
           'default ' || pg_get_expr(default_of.adbin, default_of.adrelid),
           case when attribute.attstorage = 'e' then 'storage external' end,
           '/* ' || col_description(attribute.attrelid, attribute.attnum) || ' */'
         ) as line
    from pg_catalog.pg_attribute as attribute
    left join pg_catalog.pg_collation as collation_of on collation_of.oid = attribute.attcollation
    left join pg_catalog.pg_attrdef as default_of
      on default_of.adrelid = attribute.attrelid
     and default_of.adnum = attribute.attnum
   where attribute.attrelid = $1
     and attribute.attnum > 0
     and not attribute.attisdropped
   order by attribute.attnum`

/** Not-null constraints are said with their columns. */
const LIST_CONSTRAINTS = `
  select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid, true) as line
    from pg_catalog.pg_constraint
   where conrelid = $1
     and contype in ('p', 'u', 'f', 'c')
   order by contype desc,
            conname`

const LIST_INDEXES = `
  select lower(left(definition, 6)) || substr(definition, 7) as line
    from (
      select pg_get_indexdef(index.indexrelid) as definition
        from pg_catalog.pg_index as index
       where index.indrelid = $1
         and not exists (
           select
             from pg_catalog.pg_constraint
            where conindid = index.indexrelid
         )
    ) as indexes
   order by definition`
