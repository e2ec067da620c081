import type { ErrorCode } from '#libs/contracts/error-codes.js'
import {
  ActorResource,
  DossierResource,
  MatterResource,
  OfficeResource,
  SourceResource,
} from '#libs/contracts/registry-resources.js'
import { ACTOR_KINDS, AUTHORITIES } from '#libs/contracts/vocabulary.js'
import { canonicalActor, resolveActor, type Registry } from '#libs/ledger/registry.js'
import {
  renderActor,
  renderDossier,
  renderMatter,
  renderOffice,
  renderSource,
} from '#libs/resources/registry-resources.js'
import { z } from 'zod'
import { actorText, dossierFilter, idText } from '../describe.js'

/** One kind of registry entity as it is listed and read. */
export interface Collection {
  /** Segment of the path; its first letter in upper case is the tag. */
  readonly path: string
  readonly title: string
  readonly resource: z.ZodObject
  readonly pageId: string
  readonly unknown: ErrorCode
  readonly filters: z.ZodRawShape
  /** Ids of the entities that the filters let through, in no order. */
  readonly select: (registry: Registry, filters: Readonly<Record<string, string>>) => string[]
  /** The resource of an id, or undefined where there is none. */
  readonly render: (registry: Registry, id: string) => object | undefined
  /** The id that another text stands for, where that is another one. */
  readonly canonical?: (registry: Registry, id: string) => string | undefined
}

const sameActor = (registry: Registry, id: string, wanted: string | undefined): boolean =>
  wanted === undefined || canonicalActor(registry, id) === resolveActor(registry, wanted)

const idsOf = <E extends { readonly id: string }>(
  entities: ReadonlyMap<string, E>,
  fits: (entity: E) => boolean,
): string[] => [...entities.values()].filter(fits).map(({ id }) => id)

const rendered = <E>(entity: E | undefined, render: (entity: E) => object): object | undefined =>
  entity === undefined ? undefined : render(entity)

const ACTORS: Collection = {
  path: 'actors',
  title: 'actor',
  resource: ActorResource,
  pageId: 'ActorPage',
  unknown: 'ACTOR_UNKNOWN',
  filters: {
    kind: z.enum(ACTOR_KINDS).optional().meta({ description: 'What kind of actor it is' }),
    name: actorText.optional().meta({ description: 'A name or an alias; case and accents do not matter' }),
  },
  select: (registry, { kind, name }) =>
    idsOf(
      registry.actors,
      (actor) =>
        !registry.mergedInto.has(actor.id) &&
        (kind === undefined || actor.kind === kind) &&
        (name === undefined || resolveActor(registry, name) === actor.id),
    ),
  render: (registry, id) => rendered(registry.actors.get(id), (actor) => renderActor(registry, actor)),
  canonical: resolveActor,
}

const OFFICES: Collection = {
  path: 'offices',
  title: 'office',
  resource: OfficeResource,
  pageId: 'OfficePage',
  unknown: 'OFFICE_UNKNOWN',
  filters: {
    actor: actorText.optional().meta({ description: 'On whose behalf it is held' }),
    holder: actorText.optional().meta({ description: 'Who holds it: id, name or alias' }),
    authority: z.enum(AUTHORITIES).optional().meta({ description: 'Only offices with this authority' }),
  },
  select: (registry, { actor, holder, authority }) =>
    idsOf(
      registry.offices,
      (office) =>
        sameActor(registry, office.actor, actor) &&
        sameActor(registry, office.holder, holder) &&
        (authority === undefined || office.authority === authority),
    ),
  render: (registry, id) => rendered(registry.offices.get(id), renderOffice),
}

const DOSSIERS: Collection = {
  path: 'dossiers',
  title: 'dossier',
  resource: DossierResource,
  pageId: 'DossierPage',
  unknown: 'DOSSIER_UNKNOWN',
  filters: {},
  select: (registry) => [...registry.dossiers.keys()],
  render: (registry, id) => rendered(registry.dossiers.get(id), (dossier) => renderDossier(registry, dossier)),
}

const MATTERS: Collection = {
  path: 'matters',
  title: 'matter',
  resource: MatterResource,
  pageId: 'MatterPage',
  unknown: 'MATTER_UNKNOWN',
  filters: {
    dossier: dossierFilter,
    broader: idText.optional().meta({ description: 'Only those directly below this matter' }),
    party: actorText.optional().meta({ description: 'Only those in which this actor has a part' }),
  },
  select: (registry, { dossier, broader, party }) =>
    idsOf(
      registry.matters,
      (matter) =>
        (dossier === undefined || matter.dossier === dossier) &&
        (broader === undefined || matter.broader?.includes(broader) === true) &&
        (party === undefined || matter.parties?.some(({ actor }) => sameActor(registry, actor, party)) === true),
    ),
  render: (registry, id) => rendered(registry.matters.get(id), (matter) => renderMatter(registry, matter)),
}

const SOURCES: Collection = {
  path: 'sources',
  title: 'source',
  resource: SourceResource,
  pageId: 'SourcePage',
  unknown: 'SOURCE_UNKNOWN',
  filters: {},
  select: (registry) => [...registry.sources.keys()],
  render: (registry, id) => rendered(registry.sources.get(id), renderSource),
}

export const COLLECTIONS: readonly Collection[] = [ACTORS, OFFICES, DOSSIERS, MATTERS, SOURCES]
