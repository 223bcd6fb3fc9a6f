import type { Encoding } from 'hyparquet'
import type { TextColumn } from '../columns/column.js'
import { type Builder, grown, Nulls, type PagePart } from './builder.js'
import type { Leaf } from './schema.js'
import { decodeTexts, lookUpTexts, type Texts } from './texts.js'
import { damaged } from './damage.js'

/** Texts shorter than this are copied byte by byte: a call costs more. */
const SHORT = 32

/** A column of texts, without lists. */
export class TextBuilder implements Builder {
  readonly #leaf: Leaf
  readonly #nulls = new Nulls()
  #dictionary: Texts | undefined
  #page: Texts | undefined
  #bytes = new Uint8Array(0)
  #offsets = new Int32Array(1)
  #size = 0
  #row = 0

  constructor(leaf: Leaf) {
    this.#leaf = leaf
  }

  setDictionary(encoding: Encoding, bytes: Uint8Array, n: number): void {
    const plain = encoding === 'PLAIN_DICTIONARY' ? 'PLAIN' : encoding
    // A copy: where the page is not compressed, its bytes are those of the block that it was read with.
    this.#dictionary = decodeTexts(plain, new Uint8Array(bytes), n, this.#leaf.width)
  }

  open(encoding: Encoding, bytes: Uint8Array, n: number): void {
    if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
      if (this.#dictionary === undefined) throw damaged('the page refers to a dictionary, which is not there')
      this.#page = lookUpTexts(this.#dictionary, bytes, n)
    } else this.#page = decodeTexts(encoding, bytes, n, this.#leaf.width)
  }

  begin(rows: number): void {
    this.#nulls.begin(rows)
    if (this.#offsets.length < rows + 1) this.#offsets = new Int32Array(rows + 1)
    this.#size = 0
    this.#row = 0
  }

  add({ levels, from, to, valueAt }: PagePart): number {
    const { bytes, starts, ends } = this.#page!
    for (let i = from; i < to; i++) {
      if (levels.definition === undefined || levels.definition[i] === this.#leaf.maxDef) {
        this.#append(bytes, starts[valueAt], ends[valueAt])
        valueAt++
      } else this.#nulls.mark(this.#row, 1)
      this.#offsets[++this.#row] = this.#size
    }
    return valueAt
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const at = this.#size
    this.#size += end - start
    this.#bytes = grown(this.#bytes, this.#size)
    if (end - start >= SHORT) this.#bytes.set(bytes.subarray(start, end), at)
    else for (let i = start, j = at; i < end; i++, j++) this.#bytes[j] = bytes[i]
  }

  finish(): TextColumn {
    return {
      kind: 'text',
      bytes: this.#bytes.subarray(0, this.#size),
      offsets: this.#offsets.subarray(0, this.#row + 1),
      nulls: this.#nulls.finish(),
    }
  }
}
