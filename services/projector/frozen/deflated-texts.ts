import type { TextShelf } from '#libs/ledger/freezable-map.js'
import { deflatedJson, inflatedJson } from './deflated-json.js'

/**
 * Texts by key, deflated some dozen together, since alike as they are they take a tenth of the memory then: for what is next
 * to never asked for. Taking one inflates those that it lies with.
 */
export class DeflatedTexts implements TextShelf {
  /** Null while there is nothing: there are three or four of these to a track, and hardly any is ever used. */
  #pieceOf: Map<string, Piece> | null = null
  readonly #textsAPiece: number

  /** @param textsAPiece  the fewer, the faster is taking one, and the more memory they take */
  constructor(textsAPiece = TEXTS_A_PIECE) {
    this.#textsAPiece = textsAPiece
  }

  get size(): number {
    return this.#pieceOf?.size ?? 0
  }

  put(texts: readonly (readonly [key: string, text: string])[]): void {
    this.#pieceOf ??= new Map()
    for (let start = 0; start < texts.length; start += this.#textsAPiece) {
      const together = texts.slice(start, start + this.#textsAPiece)
      const piece = { bytes: deflatedJson(together), count: together.length, left: together.length }
      for (const [key] of together) this.#pieceOf.set(key, piece)
    }
  }

  take(key: string): string | undefined {
    const piece = this.#pieceOf?.get(key)
    if (piece === undefined) return undefined
    const texts = inflated(piece)
    this.#pieceOf?.delete(key)
    piece.left--
    const left = texts.filter(([one]) => this.#pieceOf?.get(one) === piece)
    // its other texts are packed anew before most of it is memory for nothing
    if (piece.left > 0 && piece.left < piece.count / 2) this.put(left)
    return texts.find(([one]) => one === key)?.[1]
  }

  keys(): Iterable<string> {
    return this.#pieceOf?.keys() ?? []
  }

  *drain(): Iterable<readonly [key: string, text: string]> {
    for (const piece of this.#pieceOf?.values() ?? [])
      for (const entry of inflated(piece)) {
        if (this.#pieceOf?.get(entry[0]) !== piece) continue
        this.#pieceOf.delete(entry[0])
        yield entry
      }
  }

  *entries(): Iterable<readonly [key: string, text: string]> {
    for (const piece of new Set(this.#pieceOf?.values()))
      for (const entry of inflated(piece)) if (this.#pieceOf?.get(entry[0]) === piece) yield entry
  }
}

interface Piece {
  readonly bytes: Uint8Array
  /** How many texts are in it, and how many of them count. */
  readonly count: number
  left: number
}

const TEXTS_A_PIECE = 64

const inflated = ({ bytes }: Piece) => inflatedJson(bytes) as [key: string, text: string][]
