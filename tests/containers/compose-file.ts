import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'

/** What these tests read of docker-compose.yml; that it has this form is what the schema says. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

export interface ComposeService {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly [other: string]: unknown
}

/** The file as Compose reads it: anchors and merge keys resolved, `${NAME:-default}` replaced by the default. */
export function readComposeFile(): ComposeFile {
  const text = readFileSync(path.join(PROJECT_DIRECTORY, 'docker-compose.yml'), 'utf8')
  return parse(withDefaults(text), { merge: true }) as ComposeFile
}

/** Nothing else may be asked of whoever starts it: a variable without a default stays, and no test passes with it. */
const withDefaults = (text: string): string => text.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1')

/** Services whose image is built from this tree, by name. */
export const ownServices = ({ services }: ComposeFile): [string, ComposeService][] =>
  Object.entries(services).filter(([, service]) => service.build !== undefined)

/** Those that stay: the seeds are loaded once. */
export const SERVERS = ['projector', 'intake', 'api'] as const
export type Server = (typeof SERVERS)[number]

/** @throws Error if the file has no such service */
export function serviceNamed(file: ComposeFile, name: string): ComposeService {
  const service = file.services[name]
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`)
  return service
}
