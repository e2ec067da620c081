import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { EventLine } from '#libs/client/ledger-client.js'
import type { EventResource } from '#libs/contracts/event-resources.js'
import type { ChangeResource, ConflictResource } from '#libs/contracts/resources.js'
import { DOSSIER, REGISTRY, STATEMENTS } from './amended-dossier.js'
import { expectedOf, readDossier, readingsOf, type ServedDossier } from './dossier-readings.js'
import { ledgerPlace, startLedger, type LedgerProcess } from './ledger-process.js'
import { recordFacts, type RecordedFacts } from './recorded-facts.js'

/** What was served live, and an instant at which it was, with nothing recorded for some milliseconds around it. */
export interface Moment {
  readonly name: string
  readonly at: string
  readonly dossier: ServedDossier
}
/** A ledger that runs with the dossier of amended-dossier.ts on record, and how tests amend and read it. */
export interface AmendedLedger {
  readonly served: { readonly apiUrl: string; readonly client: LedgerProcess['client'] }
  readonly client: LedgerProcess['client']
  readonly facts: RecordedFacts
  /** Ids of the events that recorded the first statements, in their order. */
  readonly statementEvents: readonly string[]
  /** One after each amendment, in their order. */
  readonly moments: readonly Moment[]
  get(path: string): Promise<Response>
  readBody(path: string): Promise<Record<string, unknown>>
  position(actor: string, matter: string, facet: string): Promise<Record<string, unknown>>
  /** @returns status and `Location` */
  redirectOf(path: string): Promise<unknown[]>
  /** The dossier is served as the same facts fold in this process; what is not there any more is in the history as revoked. */
  isServedAsFolded(t: Test, name: string): Promise<void>
  /** A test of one amendment: it is applied, `look` finds what it must, and the dossier is served as it folds. */
  step(name: string, line: EventLine, look: (t: Test, event: EventResource) => unknown): Promise<unknown>
  /** Waits while the instant may still get records. */
  untilCovered(at: string): Promise<void>
  /** As if it had crashed: what starts ledgers starts it again. */
  restartApi(): Promise<void>
}

/** Starts it; stopped and removed when the file's tests have ended. */
export async function startAmendedLedger(): Promise<AmendedLedger> {
  const place = await ledgerPlace(t)
  const ledger = await startLedger(t, place, { SEEDS: 'false' })
  const served = { apiUrl: place.apiUrl, client: ledger.client }
  const facts = recordFacts(ledger)
  await facts.writeAll(REGISTRY)
  const statementEvents = await facts.writeAll(STATEMENTS)
  const moments: Moment[] = []

  const get = (path: string) => fetch(`${place.apiUrl}${path}`, { redirect: 'manual' })
  const readBody = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>
  const position = (actor: string, matter: string, facet: string) =>
    readBody(`/v1/positions/${actor}/${matter}/${facet}`)
  const redirectOf = async (path: string) => {
    const { status, headers } = await get(path)
    return [status, headers.get('location')]
  }

  const lookAround = async (name: string): Promise<ServedDossier> => {
    const dossier = await readDossier(served, DOSSIER)
    await sleep(5)
    moments.push({ name, at: new Date().toISOString(), dossier })
    await sleep(5)
    return dossier
  }

  const isServedAsFolded = async (t: Test, name: string): Promise<void> => {
    const dossier = await lookAround(name)
    t.strictSame(readingsOf(dossier), expectedOf(facts.inMemory(), DOSSIER), 'as the same facts fold')
    const all = new Map(
      [
        ...(await ledger.client.readAll<ChangeResource>(`/v1/changes?dossier=${DOSSIER}&includeRevoked=true`)),
        ...(await ledger.client.readAll<ConflictResource>(`/v1/conflicts?dossier=${DOSSIER}&includeRevoked=true`)),
      ].map((one) => [one.id, one] as const),
    )
    const now = new Set([...dossier.changes, ...dossier.conflicts].map(({ id }) => id))
    for (const { id } of moments.flatMap((moment) => [...moment.dossier.changes, ...moment.dossier.conflicts]))
      if (all.get(id)?.revoked !== !now.has(id)) t.fail(`${id} is neither served nor revoked`)
  }

  const step: AmendedLedger['step'] = (name, line, look) =>
    t.test(name, async (t) => {
      const event = await facts.write(line)
      t.equal(event.outcome, 'applied')
      await look(t, event)
      await isServedAsFolded(t, name)
    })

  const untilCovered = async (at: string): Promise<void> => {
    for (let tried = 0; tried < 100; tried++) {
      const { status } = await get(`/v1/positions?dossier=${DOSSIER}&limit=1&knownAt=${at}`)
      if (status === 200) return
      await sleep(100)
    }
    throw new Error(`${at} is not covered`)
  }

  const restartApi = async (): Promise<void> => {
    const killed = ledger.pidOf('api')
    process.kill(killed, 'SIGKILL')
    for (let tried = 0; tried < 400; tried++) {
      await sleep(50)
      // between the two there is none, and nobody notes who it is
      const isReady = await get('/health/ready').then(
        ({ ok }) => ok,
        () => false,
      )
      if (isReady && ledger.pidOf('api') !== killed) return
    }
    throw new Error('the api was not started again')
  }

  return {
    ...{ served, client: ledger.client, facts, statementEvents, moments },
    ...{ get, readBody, position, redirectOf, isServedAsFolded, step, untilCovered, restartApi },
  }
}
