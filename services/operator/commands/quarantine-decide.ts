import { randomUUID } from 'node:crypto'
import { requestWithRetries } from '#libs/client/request.js'
import { EXIT, type LedgerCommand } from '../command.js'
import { connectionOf, withConnectionOptions, type Connection } from '../connection.js'
import { placeText, recordPlaceOf, type RecordPlace } from '../quarantine/record-place.js'

export interface QuarantineDecideOptions {
  readonly place: RecordPlace
  readonly reason: string | undefined
  readonly json: boolean
  readonly connection: Connection
}

interface Decision {
  readonly verb: 'release' | 'dismiss'
  readonly route: 'releases' | 'dismissals'
  readonly summary: string
  /** The decision, as a noun: whether it has any effect, the projector finds out. */
  readonly done: string
}

/**
 * `ledger quarantine release|dismiss <record>`: an operator's decision, as an event through intake, so that a replay repeats
 * it. Needs a key with scope operate. Exit: 0 decided, 1 failed, 2 usage.
 */
const decide = ({ verb, route, summary, done }: Decision): LedgerCommand<QuarantineDecideOptions> => ({
  summary,
  define: (parent) =>
    withConnectionOptions(
      parent
        .command(verb)
        .argument('<record>', 'topic/partition/offset, as `ledger quarantine list` prints it')
        .option('--reason <text>', 'why, for whoever looks at it later')
        .option('--json', 'print the answer as JSON'),
    ),
  parse: (args, flags, env) => ({
    place: recordPlaceOf(args[0]),
    reason: typeof flags.reason === 'string' ? flags.reason : undefined,
    json: flags.json === true,
    connection: connectionOf(flags, env),
  }),
  async run({ place, reason, json, connection }, io) {
    const { intakeUrl, key } = connection
    const { text } = await requestWithRetries(
      `${intakeUrl}/v1/quarantine/${placeText(place)}/${route}`,
      {
        method: 'POST',
        // our own retries are one decision
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(reason === undefined ? {} : { reason }),
      },
      { key, signal: io.signal },
    )
    io.out(
      json
        ? text
        : `The ${done} of ${placeText(place)} is on the record. \`ledger quarantine show ${placeText(place)}\` tells what became of it: ` +
            'what is not quarantined stays as it is.',
    )
    return EXIT.ok
  },
})

export const quarantineRelease = decide({
  verb: 'release',
  route: 'releases',
  summary: 'Have a quarantined record tried again, and what waits behind it',
  done: 'release',
})
export const quarantineDismiss = decide({
  verb: 'dismiss',
  route: 'dismissals',
  summary: 'Give a quarantined record up: it has no effect, and nothing waits behind it any more',
  done: 'dismissal',
})
