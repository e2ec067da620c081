import type { EventLine, LedgerClient } from '#libs/client/ledger-client.js'
import { createEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent, isStatementEvent, type LedgerEvent } from '#libs/contracts/events.js'
import type { EventResource } from '#libs/contracts/event-resources.js'
import { REGISTRY_USE_CASES } from '#services/intake/registry/use-cases.js'
import { STATEMENT_USE_CASES } from '#services/intake/statements/use-cases.js'
import { amends } from '#services/intake/writes/use-case.js'
import { ledgerInMemory, type LedgerInMemory } from '#tests/libs/ledger/ledger-in-memory.js'
import type { LedgerProcess } from './ledger-process.js'

/** What a test has put on record, over HTTP, and the same facts for a fold of its own. */
export interface RecordedFacts {
  /** Posts to the route that is meant for it and waits until it is visible. @returns what became of it */
  write(line: EventLine): Promise<EventResource>
  /** Posts lines as one batch and waits until all of it is visible. @returns the ids of their events */
  writeAll(lines: readonly EventLine[]): Promise<string[]>
  /** The reducers and the fold on all that was written, in this process, with nothing between. */
  inMemory(): LedgerInMemory
}

const USE_CASES = new Map([...REGISTRY_USE_CASES, ...STATEMENT_USE_CASES].map((one) => [one.type, one] as const))

export function recordFacts(ledger: LedgerProcess): RecordedFacts {
  const events: LedgerEvent[] = []
  const remember = (line: EventLine, id: string): void => void events.push(eventOf(line, id))
  let batches = 0
  return {
    write: async (line) => {
      const { event, token } = await post(ledger, line)
      remember(line, event)
      return ledger.client.read<EventResource>(`/v1/events/${event}`, token)
    },
    writeAll: async (lines) => {
      const { results, ledgerAfter } = await ledger.client.postBatch(lines, `facts/${batches++}`)
      const ids = results.map((result, index) => acceptedId(result, lines[index]))
      lines.forEach((line, index) => {
        remember(line, ids[index] ?? '')
      })
      await untilVisible(ledger.client, ledgerAfter)
      return ids
    },
    inMemory: () => ledgerInMemory(events.filter(isRegistryEvent), events.filter(isStatementEvent)),
  }
}

const eventOf = ({ type, subject, data }: EventLine, id: string): LedgerEvent =>
  createEvent({
    ...{ type, subject, id, data: data },
    ...{ recordedBy: 'tests', time: new Date(0), source: '/tests' },
  }) as LedgerEvent

async function post({ place, key }: LedgerProcess, { type, subject, data }: EventLine) {
  const useCase = USE_CASES.get(type)
  if (!useCase) throw new Error(`no route takes ${type}`)
  const answer = await fetch(`${place.intakeUrl}${useCase.path.replace('{id}', subject)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(amends(useCase) ? data : { id: subject, ...data }),
  })
  const text = await answer.text()
  if (answer.status !== 202) throw new Error(`${type} ${subject}: ${answer.status} ${text}`)
  const { event } = JSON.parse(text) as { event: string }
  return { event, token: answer.headers.get('ledger-after') ?? undefined }
}

function acceptedId(
  result: { status: number; event?: string | undefined; code?: string | undefined },
  line?: EventLine,
): string {
  if (result.event !== undefined && result.status < 400) return result.event
  throw new Error(`${line?.type} ${line?.subject}: ${result.status} ${result.code}`)
}

const untilVisible = (client: LedgerClient, token: string | undefined): Promise<unknown> =>
  client.read('/v1/statements?limit=1', token)
