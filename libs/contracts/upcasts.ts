/** An event before its type is known to be current. */
export interface RawEvent {
  type: string
  data: unknown
  [attribute: string]: unknown
}

/**
 * Old versions of event types and the small pure function that turns each into the next version.
 * A version is never removed from here: the topics keep its events for ever. Empty while every type is at v1.
 */
export const UPCASTS: ReadonlyMap<string, (event: RawEvent) => RawEvent> = new Map()

/** Brings an event to the current version of its type, one version at a time; at most 20 steps, so that a loop in the table ends. */
export function upcast(event: RawEvent, table: ReadonlyMap<string, (event: RawEvent) => RawEvent> = UPCASTS): RawEvent {
  let current = event
  for (let step = 0; step < 20; step++) {
    const next = table.get(current.type)
    if (!next) return current
    current = next(current)
  }
  return current
}
