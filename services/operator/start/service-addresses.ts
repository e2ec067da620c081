import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Where the services of a ledger answer, as `npm start` notes it in its directory for commands of the same user. */
export interface ServiceAddresses {
  readonly intakeUrl: string
  readonly apiUrl: string
}

/** Of the ledger that runs, or last ran, in this directory; undefined if there never was one. */
export const readServiceAddresses = (dir: string): ServiceAddresses | undefined => {
  try {
    return JSON.parse(readFileSync(pathOf(dir), 'utf8')) as ServiceAddresses
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export const writeServiceAddresses = (dir: string, addresses: ServiceAddresses): void =>
  writeFileSync(pathOf(dir), `${JSON.stringify(addresses, undefined, 2)}\n`)

const pathOf = (dir: string): string => path.join(dir, 'services.json')
