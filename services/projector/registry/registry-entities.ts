import type { RegistryEvent } from '#libs/contracts/events.js'
import type { Registry } from '#libs/ledger/registry.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { textColumn, unnestColumns } from '#libs/postgres/text-columns.js'

/** A row of registry_entity: an entity as SQL and the api see it. */
export interface RegistryEntity {
  readonly kind: 'actor' | 'office' | 'dossier' | 'matter' | 'source' | 'key' | 'report'
  readonly id: string
  readonly dossier: string | null
  readonly body: string
  readonly recordedAt: string
}

/** What an applied event left of the entity it is about; none for an operator's decision on a record. */
export const entityOf = (registry: Registry, event: RegistryEvent): RegistryEntity[] => {
  const kind = (event.type.split('.')[1] ?? '').replace(/s$/, '')
  const state = stateOf(registry, kind, event.subject)
  if (state === undefined) return []
  return [
    {
      kind: kind as RegistryEntity['kind'],
      id: event.subject,
      dossier: kind === 'matter' ? (registry.matters.get(event.subject)?.dossier ?? null) : null,
      body: JSON.stringify(state),
      recordedAt: state.recordedAt,
    },
  ]
}

export const writeEntities = (queue: StatementQueue, entities: readonly RegistryEntity[]): void => {
  const latest = [...new Map(entities.map((entity) => [`${entity.kind} ${entity.id}`, entity])).values()]
  queue.write(latest, (part) => ({
    text: UPSERT_ENTITIES,
    values: [
      textColumn(part.map(({ kind }) => kind)),
      textColumn(part.map(({ id }) => id)),
      textColumn(part.map(({ dossier }) => dossier)),
      textColumn(part.map(({ body }) => body)),
      textColumn(part.map(({ recordedAt }) => recordedAt)),
    ],
  }))
}

const stateOf = (registry: Registry, kind: string, id: string) => {
  switch (kind) {
    case 'actor':
      return registry.actors.get(id)
    case 'office':
      return registry.offices.get(id)
    case 'dossier':
      return registry.dossiers.get(id)
    case 'matter':
      return registry.matters.get(id)
    case 'source':
      return registry.sources.get(id)
    case 'key':
      return registry.keys.get(id)
    default:
      return undefined
  }
}

const UPSERT_ENTITIES = `
  insert into registry_entity (
    kind,
    id,
    dossier,
    body,
    recorded_at
  )
  select kind,
         id,
         dossier,
         body,
         recorded_at
    from ${unnestColumns(['text', 'text', 'text', 'text', 'timestamptz'])} as entity (kind, id, dossier, body, recorded_at)
  on conflict (kind, id) do update
     set dossier = excluded.dossier,
         body = excluded.body`
