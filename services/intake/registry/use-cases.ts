import type { EventType } from '#libs/contracts/events.js'
import type { WriteUseCase } from '../writes/use-case.js'

const useCase = (path: string, type: EventType, summary: string, description?: string): WriteUseCase => ({
  path,
  type,
  scope: 'register',
  tag: 'registry',
  summary,
  ...(description !== undefined && { description }),
})

const REGISTERS = 'Under an id of your choice, or else under that of the event. What it refers to may come later.'
const REVISES = 'The fields that it gives replace those of before.'

/** The registry has no rules of its own per route: what each event must hold is said in libs/ledger/registry-checks.ts. */
export const REGISTRY_USE_CASES: readonly WriteUseCase[] = [
  useCase('/v1/actors', 'ledger.actor.registered.v1', 'Register a state, organisation or person', REGISTERS),
  useCase('/v1/actors/{id}/revisions', 'ledger.actor.revised.v1', 'Revise an actor', REVISES),
  useCase(
    '/v1/actors/{id}/aliases',
    'ledger.actor.aliased.v1',
    'Give an actor a further name',
    'Names and aliases resolve wherever an actor is asked for; no two actors share one.',
  ),
  useCase(
    '/v1/actors/{id}/merges',
    'ledger.actors.merged.v1',
    'Merge actors into this one',
    'They are found to be one. What was said by or for them counts as said by or for this one, until they are unmerged.',
  ),
  useCase(
    '/v1/actors/{id}/unmerges',
    'ledger.actors.unmerged.v1',
    'Separate actors that were merged into this one',
    'What was said by or for each of them counts as theirs again.',
  ),
  useCase(
    '/v1/offices',
    'ledger.office.held.v1',
    'Register an office and who holds it',
    'From a date to a date, on behalf of an actor, with an authority.',
  ),
  useCase('/v1/offices/{id}/revisions', 'ledger.office.revised.v1', 'Revise an office', REVISES),
  useCase(
    '/v1/offices/{id}/endings',
    'ledger.office.ended.v1',
    'Record the end of a tenure',
    'What is said later cannot be said in this office.',
  ),
  useCase('/v1/dossiers', 'ledger.dossier.registered.v1', 'Register a dossier', REGISTERS),
  useCase('/v1/dossiers/{id}/revisions', 'ledger.dossier.revised.v1', 'Revise a dossier', REVISES),
  useCase('/v1/matters', 'ledger.matter.registered.v1', 'Register a matter of a dossier', REGISTERS),
  useCase('/v1/matters/{id}/revisions', 'ledger.matter.revised.v1', 'Revise a matter', REVISES),
  useCase('/v1/sources', 'ledger.source.registered.v1', 'Register a source of reports', REGISTERS),
  useCase('/v1/sources/{id}/revisions', 'ledger.source.revised.v1', 'Revise a source', REVISES),
]
