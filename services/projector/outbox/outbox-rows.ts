import { copyText, CopyRows } from '#libs/postgres/copy-buffer.js'

export const OUTBOX_TARGET = 'ledger.outbox (topic, messages, message_count)'

/** The messages of one transaction for one derived topic, in the order in which they are to be published. */
export class OutboxMessages {
  #lines: string[] = []
  #characters = 0
  #full: { readonly lines: string[] }[] = []

  /** @param key of ids, which hold nothing that JSON escapes @param body JSON text; null is a tombstone */
  add(key: string, body: string | null): void {
    const line = `["${key}",${body ?? 'null'}]`
    this.#lines.push(line)
    this.#characters += line.length
    if (this.#characters >= ROW_CHARACTERS) this.#flush()
  }

  /** One row, or a few where there is much: the relay reads rows whole. */
  toRows(topic: 'positions' | 'changes'): CopyRows {
    this.#flush()
    const rows = new CopyRows()
    // lines of JSON have no line break of their own: escaping the breaks between them is all that COPY needs, mostly
    for (const { lines } of this.#full) rows.add(`${topic}\t${lines.map(copyText).join('\\n')}\t${lines.length}`)
    return rows
  }

  #flush(): void {
    if (this.#lines.length > 0) this.#full.push({ lines: this.#lines })
    this.#lines = []
    this.#characters = 0
  }
}

const ROW_CHARACTERS = 1_000_000
