import type { Client } from '#libs/postgres/database.js'

/** A generation, through a connection: in a snapshot of its own where others write to it. */
export interface GenerationView {
  readonly client: Client
  readonly schemaName: string
}

/** Something that two generations do not say alike; null where one of them says nothing. */
export type Difference =
  | {
      readonly kind: 'position'
      readonly actor: string
      readonly dossier: string
      readonly matter: string
      readonly facet: string
      readonly a: HeldPosition | null
      readonly b: HeldPosition | null
    }
  | {
      readonly kind: 'change' | 'conflict'
      readonly actor: string
      readonly dossier: string
      readonly name: string
      readonly a: string | null
      readonly b: string | null
    }
  /** One of them has parked it, or what it was folded from is not the same. */
  | { readonly kind: 'track'; readonly actor: string; readonly dossier: string; readonly a: string; readonly b: string }
  | {
      readonly kind: 'statement' | 'outcome' | 'entity'
      readonly name: string
      readonly a: string | null
      readonly b: string | null
    }

export interface HeldPosition {
  readonly value: string
  readonly statement: string
  /** Of the whole position as it is served. */
  readonly digest: string
}
