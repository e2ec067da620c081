import { DERIVED_SOURCE, derivedEvent, type Announced } from '#libs/contracts/derived-events.js'

interface Place {
  readonly number: number
  /** ISO instant. */
  readonly time: string
}

/**
 * The text of the event that announces a change or a conflict, of the text that the outbox has of it. What is announced is
 * passed on as it stands: parsing each only to write it again would be a fifth of all that the relay does.
 */
export const eventText = (announced: string, place: Place): string => {
  const found = AS_THE_PROJECTOR_WRITES.exec(announced)
  if (found === null) return JSON.stringify(derivedEvent(JSON.parse(announced) as Announced, place))
  const [, announcement, what, body, id, dossier, revision] = found as unknown as string[]
  const type = `ledger.${what}.${announcement}.v1`
  return `{"specversion":"1.0","id":"${id}.${revision}","source":"${DERIVED_SOURCE}","type":"${type}","subject":"${id}","time":"${place.time}","datacontenttype":"application/json","dataschema":"urn:statement-ledger:schema:${type}","partitionkey":"${dossier}","data":{"number":${place.number},"${what}":${body}}}`
}

/** libs/resources/resource-json.ts; a row of another hand or time is parsed. */
const AS_THE_PROJECTOR_WRITES =
  /^\{"announcement":"([a-z]+)","(change|conflict)":(\{"id":"([^"\\]+)","actor":"[^"\\]*","dossier":"([^"\\]*)",.*"revision":(\d+),"revoked":(?:true|false)\})\}$/
