import { foldTrack } from '#libs/ledger/fold-track.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { trackActors, trackInput } from '#libs/ledger/track-input.js'
import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent } from '#libs/contracts/events.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import type { TestProjector } from './project-log.js'

/** All that a read model says, without how often and when it came to say it. */
export const readModel = async (projector: Pick<TestProjector, 'rows'>): Promise<Record<string, unknown[]>> => ({
  outcomes: await projector.rows(
    `select topic, partition, record_offset, outcome, code, missing, names from record_outcome
       left join (select topic, partition, record_offset, names from outcome) o using (topic, partition, record_offset)
      order by 1, 2, 3`,
  ),
  statements: await projector.rows(
    'select id, dossier, speaker, office, matters, actors, hidden, merged_into, state from statement order by id',
  ),
  entities: await projector.rows('select kind, id, dossier, body from registry_entity order by kind, id'),
  tracks: await projector.rows(
    'select actor, dossier, statements, digest, stale_code from track where digest <> $1 order by actor, dossier',
    ['0'.repeat(24)],
  ),
  positions: await projector.rows(
    `select actor, matter, facet, dossier, value, role, statement_id, contested, body from position order by 1, 2, 3`,
  ),
  changes: await projector.rows(
    `select id, actor, dossier, matter, facet, kind, from_value, to_value, claim_order, statement_id, valid_from,
            entailed_from, reverses_earlier, track_order
       from change where not revoked order by id`,
  ),
  conflicts: await projector.rows(
    `select id, actor, dossier, kind, facet, matters, statement_ids, valid_from, settled_by, track_order
       from conflict where not revoked order by id`,
  ),
})

/** The same ids and values from nothing but the statements and the registry records in the database, folded at once. */
export const foldedFromStates = async (projector: TestProjector) => {
  const registry = await registryOf(projector)
  const states = (await projector.rows('select state from statement')).map(
    ({ state }) => JSON.parse(state as string) as StatementState,
  )
  const tracks = new Map<string, { actor: string; dossier: string; states: StatementState[] }>()
  for (const state of states)
    for (const actor of trackActors(state, registry)) {
      const key = `${actor} ${state.dossier}`
      const track = tracks.get(key) ?? { actor, dossier: state.dossier, states: [] }
      track.states.push(state)
      tracks.set(key, track)
    }
  const folds = [...tracks.values()].map(({ actor, dossier, states }) => {
    const { statements } = trackInput(states, registry, actor)
    return { actor, dossier, ...foldTrack(statements, trackMatters(registry, dossier, actor)) }
  })
  return {
    positions: folds
      .flatMap(({ actor, positions }) =>
        positions.map(({ matter, facet, value, statement }) => `${actor} ${matter} ${facet} ${value} ${statement}`),
      )
      .sort(),
    changes: folds.flatMap(({ actor, changes }) => changeIds(actor, changes)).sort(),
    conflicts: folds.flatMap(({ actor, dossier, conflicts }) => conflictIds(actor, dossier, conflicts)).sort(),
  }
}

const registryOf = async (projector: TestProjector): Promise<Registry> => {
  const registry = emptyRegistry()
  const rows = await projector.rows(
    `select record_value as value, recorded_at as at from ledger.journal where topic = 'registry' order by record_offset`,
  )
  for (const { value, at } of rows) {
    const decoded = decodeEvent(value as string)
    if (decoded.ok && isRegistryEvent(decoded.event))
      evolveRegistry(registry, decoded.event, (at as Date).toISOString(), decoded.payloadHash)
  }
  return registry
}
