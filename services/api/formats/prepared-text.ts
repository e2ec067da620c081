import { hash } from 'node:crypto'

/** A text as it is sent: what takes longest about sending one is done. */
export interface PreparedText {
  /** Short ones stay text, which Node encodes with the headers. */
  readonly bytes: string | Buffer
  /** Of the bytes: for their ETag. */
  readonly hash: string
  /** Characters. */
  readonly length: number
}

export const prepareText = (text: string): PreparedText => {
  // a long text is encoded once, for its tag and for the wire
  const bytes = text.length < LONG_CHARACTERS ? text : Buffer.from(text, 'utf8')
  return { bytes, hash: hash('sha1', bytes, 'base64url'), length: text.length }
}

const LONG_CHARACTERS = 8_192
