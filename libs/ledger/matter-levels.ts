import type { Role } from '#libs/contracts/vocabulary.js'
import { ascending } from './claim-order.js'
import type { TrackMatters } from './track.js'

/**
 * The matters of a dossier by level: level 1 is what a matter names as broader (or what names it so), level 2 what
 * those name, each matter at its nearest level only, each level sorted by id. A circle in the registry ends where it
 * closes.
 */
export interface MatterLevels {
  readonly broaderLevels: (matter: string) => readonly Level[]
  readonly narrowerLevels: (matter: string) => readonly Level[]
  readonly roleIn: (matter: string) => Role
  /** Whether what an actor intends in the broader matter speaks of the narrower one too (docs/design.md 6.7). */
  readonly intentCarries: (broader: string, narrower: string) => boolean
}

export type Level = readonly string[]

/** Built once for each set of matters, and each matter's levels when they are first asked for. */
export const levelsOf = (matters: TrackMatters): MatterLevels => {
  const known = remembered.get(matters)
  if (known !== undefined) return known
  const levels = buildLevels(matters)
  remembered.set(matters, levels)
  return levels
}

const remembered = new WeakMap<TrackMatters, MatterLevels>()

const buildLevels = (matters: TrackMatters): MatterLevels => {
  const narrower = narrowerOf(matters)
  const roleIn = (matter: string): Role => matters.get(matter)?.role ?? 'THIRD'
  return {
    broaderLevels: levelsBy((matter) => matters.get(matter)?.broader ?? []),
    narrowerLevels: levelsBy((matter) => narrower.get(matter) ?? []),
    roleIn,
    intentCarries: (broader, narrow) => {
      const role = roleIn(narrow)
      return role !== 'THIRD' && (matters.get(broader)?.hasParties !== true || roleIn(broader) === role)
    },
  }
}

const narrowerOf = (matters: TrackMatters): ReadonlyMap<string, readonly string[]> => {
  const narrower = new Map<string, string[]>()
  for (const [matter, { broader }] of matters)
    for (const one of broader) {
      const known = narrower.get(one)
      if (known === undefined) narrower.set(one, [matter])
      else known.push(matter)
    }
  return narrower
}

type Neighbours = (matter: string) => readonly string[]

const levelsBy = (neighbours: Neighbours): ((matter: string) => readonly Level[]) => {
  const levelsByMatter = new Map<string, readonly Level[]>()
  return (matter) => {
    const known = levelsByMatter.get(matter)
    if (known !== undefined) return known
    const levels = levelsFrom(matter, neighbours)
    levelsByMatter.set(matter, levels)
    return levels
  }
}

const levelsFrom = (start: string, neighbours: Neighbours): Level[] => {
  const seen = new Set([start])
  const levels: Level[] = []
  let level: Level = [start]
  while (level.length > 0) {
    level = [...new Set(level.flatMap(neighbours))].filter((matter) => !seen.has(matter)).sort(ascending)
    level.forEach((matter) => seen.add(matter))
    if (level.length > 0) levels.push(level)
  }
  return levels
}
