import { CloudEvent, HTTP } from 'cloudevents'
import { test } from 'tap'
import { createEvent, decodeEvent, encodeEvent, payloadHashOf } from '#libs/contracts/cloud-event.js'
import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import { upcast, type RawEvent } from '#libs/contracts/upcasts.js'

const recorded = () =>
  createEvent({
    type: 'ledger.statement.recorded.v1',
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    subject: 'irn-denial-1',
    recordedBy: 'desk',
    time: new Date('2026-01-02T03:04:05.678Z'),
    source: '/intake',
    data: {
      dossier: 'ukraine-war',
      speaker: 'irn',
      onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
      act: 'DENY',
      stances: [{ matter: 'irn-rus.uav', facet: 'FACT', value: 'DENY' }],
      evidence: [{ report: 'r2', published: '2022-10-20', fidelity: 'PARAPHRASE' }],
    },
  })

test('what we write, the official SDK reads as a valid CloudEvent, and the other way round', (t) => {
  const ours = encodeEvent(recorded())
  const read = HTTP.toEvent({ headers: { 'content-type': CONTENT_TYPE }, body: ours }) as CloudEvent<unknown>
  t.ok(read.validate())
  t.equal(read.id, recorded().id)
  t.equal(read.partitionkey, 'ukraine-war')
  t.same(read.data, recorded().data)

  const theirs = HTTP.structured(new CloudEvent({ ...recorded() }))
  const decoded = decodeEvent(String(theirs.body))
  t.ok(decoded.ok, 'their structured form decodes')
  if (decoded.ok) t.same(decoded.event.data, recorded().data)
  t.end()
})

const codeOf = (value: string) => {
  const decoded = decodeEvent(value)
  return decoded.ok ? 'ok' : `${decoded.code} ${decoded.pointer ?? ''}`.trim()
}
/** The event's text with one piece of it replaced, which must be there. */
const changed = (piece: string, by: string): string => {
  const text = encodeEvent(recorded())
  if (!text.includes(piece)) throw new Error(`the event has no ${piece}`)
  return text.replace(piece, by)
}

test('what is not an event of ours is told apart by code and pointer', (t) => {
  t.equal(codeOf('nonsense'), 'JSON_INVALID')
  t.equal(codeOf(changed('"specversion":"1.0"', '"specversion":"0.3"')), 'EVENT_INVALID /specversion')
  t.equal(codeOf(changed(`"id":"${recorded().id}",`, '')), 'EVENT_INVALID /id')
  t.equal(codeOf(changed('recorded.v1","subject', 'recorded.v9","subject')), 'EVENT_TYPE_UNKNOWN /type')
  t.equal(codeOf(changed('"value":"DENY"', '"value":"WILL"')), 'EVENT_INVALID /data/stances/0/value')
  t.equal(codeOf(changed('"data":{', '"data":{"surprise":1,')), 'EVENT_INVALID /data/surprise')
  t.equal(codeOf(changed('"partitionkey":"ukraine-war"', '"partitionkey":"other"')), 'EVENT_INVALID /partitionkey')
  t.equal(
    codeOf(changed('"data":{', '"vendorextension":"kept","data":{')),
    'ok',
    'extensions of others are let through',
  )
  t.end()
})

test('a faulty event still names itself, so that later events of its statement can wait behind it', (t) => {
  const decoded = decodeEvent(changed('"act":"DENY"', '"act":"SHOUT"'))
  t.notOk(decoded.ok)
  if (!decoded.ok) t.same([decoded.eventId, decoded.subject], [recorded().id, 'irn-denial-1'])
  t.end()
})

test('the payload hash sees type, subject and data, and neither time nor the order of keys', (t) => {
  const event = recorded()
  const { stances, ...rest } = event.data
  t.equal(payloadHashOf({ ...event, data: { stances, ...rest } }), payloadHashOf(event))
  t.not(payloadHashOf({ ...event, subject: 'other' }), payloadHashOf(event))
  t.not(payloadHashOf({ ...event, data: { ...event.data, act: 'ASSERT' } }), payloadHashOf(event))
  t.end()
})

test('an old version is brought up one version at a time, and a table that runs in a circle ends', (t) => {
  const table = new Map<string, (event: RawEvent) => RawEvent>([
    ['x.v1', (event) => ({ ...event, type: 'x.v2', data: { name: event.data } })],
    ['x.v2', (event) => ({ ...event, type: 'x.v3', data: { ...(event.data as object), added: true } })],
  ])
  t.same(upcast({ type: 'x.v1', data: 'n' }, table), { type: 'x.v3', data: { name: 'n', added: true } })
  const circle = new Map([['a', (event: RawEvent) => event]])
  t.equal(upcast({ type: 'a', data: 0 }, circle).type, 'a')
  t.end()
})
