import type { Client } from './database.js'

/** Group roles without login: production grants them to the accounts that its services connect as. */
export const READER = 'ledger_reader'
export const WRITER = 'ledger_writer'

/** Makes the group roles where this account may, and lets them into the schema that outlives generations. */
export const grantRoles = async (client: Client): Promise<void> => {
  await client.query(CREATE_ROLES)
  for (const role of await existingRoles(client)) {
    await client.query(`grant usage on schema ledger to ${role}`)
    await client.query(`grant ${privilegesOf(role)} on all tables in schema ledger to ${role}`)
  }
}

export const grantOnGeneration = async (client: Client, schemaName: string): Promise<void> => {
  for (const role of await existingRoles(client)) {
    await client.query(`grant usage on schema ${schemaName} to ${role}`)
    await client.query(`grant ${privilegesOf(role)} on all tables in schema ${schemaName} to ${role}`)
  }
}

const privilegesOf = (role: string): string => (role === READER ? 'select' : 'select, insert, update, delete')

const existingRoles = async (client: Client): Promise<string[]> => {
  const { rows } = await client.query<{ rolname: string }>(FIND_ROLES, [[READER, WRITER]])
  return rows.map(({ rolname }) => rolname)
}

const FIND_ROLES = `
  select rolname
    from pg_catalog.pg_roles
   where rolname = any($1)`

/** On a managed Postgres the account may not create roles; then whoever may does it, and grants are made at the next start. */
const CREATE_ROLES = `
  do $$
  begin
    if not (select rolcreaterole or rolsuper from pg_catalog.pg_roles where rolname = current_user) then
      return;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = '${READER}') then
      create role ${READER} nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = '${WRITER}') then
      create role ${WRITER} nologin;
    end if;
  exception
    when duplicate_object or unique_violation then
      null; -- another database of this cluster was migrated at the same moment
  end $$`
