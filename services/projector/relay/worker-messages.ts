import type { KafkaConfig } from '#libs/kafka/config.js'
import type { RelayConfig } from './config.js'
import type { Backlog, RelayState } from './relay.js'
import type { NumberedRow } from './outbox-rows.js'
import type { TakenOver } from './take-over.js'

/** What the thread of the relay is told once, at its start. Plain data, which has been checked already. */
export interface RelaySetup {
  readonly relay: RelayConfig
  readonly kafka: KafkaConfig
  /** It writes to the log itself, in the name of its process: a line must not hang on the other thread. */
  readonly log: { readonly level: string; readonly service: string }
}

export type ToRelayWorker =
  /** Leave the processor to something more urgent for a while. */
  | { readonly kind: 'give way' }
  /** Finish the transaction under way, and end. */
  | { readonly kind: 'stop' }

/** What happens, for the metrics and the readiness of the process: a few messages for each transaction. */
export type FromRelayWorker =
  | { readonly kind: 'leads'; readonly found: TakenOver }
  | {
      readonly kind: 'published'
      readonly topics: Readonly<Record<NumberedRow['topic'], number>>
      readonly elapsedMs: number
    }
  | { readonly kind: 'backlog'; readonly backlog: Backlog }
  | { readonly kind: 'failed' }
  | { readonly kind: 'entered'; readonly state: RelayState }
