import { ITEM_BYTES } from '../columns/elements.js'
import type { Encoding } from 'hyparquet'
import type { Element, NumberColumn, Offsets } from '../columns/column.js'
import type { TypedArray } from '../../core/types.js'
import { type Builder, grown, Nulls, type PagePart } from './builder.js'
import { damaged } from './damage.js'
import { NumberDecoder } from './numbers.js'
import type { Leaf } from './schema.js'

/** Bytes as elements: those of a buffer from its start on. */
const VIEWS: Readonly<Record<Element, (buffer: ArrayBuffer, n: number) => TypedArray>> = {
  float16: (buffer, n) => new Uint16Array(buffer, 0, n),
  float32: (buffer, n) => new Float32Array(buffer, 0, n),
  float64: (buffer, n) => new Float64Array(buffer, 0, n),
  bool: (buffer, n) => new Uint8Array(buffer, 0, n),
  int8: (buffer, n) => new Int8Array(buffer, 0, n),
  uint8: (buffer, n) => new Uint8Array(buffer, 0, n),
  int16: (buffer, n) => new Int16Array(buffer, 0, n),
  uint16: (buffer, n) => new Uint16Array(buffer, 0, n),
  int32: (buffer, n) => new Int32Array(buffer, 0, n),
  uint32: (buffer, n) => new Uint32Array(buffer, 0, n),
  int64: (buffer, n) => new Float64Array(buffer, 0, n),
  uint64: (buffer, n) => new Float64Array(buffer, 0, n),
}

/**
 * A column of numbers under no, one or two lists.
 *
 * Where nothing is null and no list empty, levels say only where lists start, and the values are copied in one piece.
 */
export class NumberBuilder implements Builder {
  readonly #leaf: Leaf
  readonly #element: Element
  readonly #width: number
  /** The fixed lengths of the lists, 'list' where a list has none. */
  readonly #lengths: readonly (number | 'list')[]
  /** The levels that the column is handed over with: a tensor has more than lists. */
  readonly #nesting: readonly (number | 'list')[]
  readonly #decoder: NumberDecoder
  readonly #nulls = new Nulls()
  #page = new Uint8Array(0) as Uint8Array
  #bytes = new Uint8Array(0)
  /** Values so far. */
  #size = 0
  /** Where the lists of each level start. */
  #outer = new Int32Array(1)
  #row = 0
  #inner = new Int32Array(1024)
  #lists = 0

  constructor(
    leaf: Leaf,
    element: Element,
    lengths: readonly (number | 'list')[],
    nesting: readonly (number | 'list')[],
  ) {
    this.#leaf = leaf
    this.#element = element
    this.#width = ITEM_BYTES[element]
    this.#lengths = lengths
    this.#nesting = nesting
    this.#decoder = new NumberDecoder(leaf, element)
  }

  setDictionary(encoding: Encoding, bytes: Uint8Array, n: number): void {
    this.#decoder.setDictionary(encoding, bytes, n)
  }

  open(encoding: Encoding, bytes: Uint8Array, n: number): void {
    this.#page = this.#decoder.decode(encoding, bytes, n)
  }

  begin(rows: number): void {
    this.#nulls.begin(rows)
    if (this.#outer.length < rows + 1) this.#outer = new Int32Array(rows + 1)
    this.#size = 0
    this.#row = 0
    this.#lists = 0
  }

  add(part: PagePart): number {
    if (part.levels.definition !== undefined) return this.#addWithGaps(part, part.levels.definition)
    const { from, to, starts, rows, valueAt } = part
    const before = this.#size - from
    if (this.#leaf.filled.length === 1) {
      for (let i = 0; i < rows; i++) this.#outer[this.#row + i] = before + starts![i]
    } else if (this.#leaf.filled.length === 2) this.#startLists(part.levels.repetition!, from, to)
    if (this.#leaf.filled.length < 2) this.#row += rows
    this.#copy(valueAt, valueAt + to - from)
    return valueAt + to - from
  }

  /** The starts of rows and inner lists among the levels [from, to). */
  #startLists(repetition: Uint8Array, from: number, to: number): void {
    if (this.#inner.length < this.#lists + to - from) this.#growInner(this.#lists + to - from)
    const inner = this.#inner
    const before = this.#size - from
    let lists = this.#lists
    for (let i = from; i < to; i++) {
      const level = repetition[i]
      if (level === 2) continue
      if (level === 0) this.#outer[this.#row++] = lists
      inner[lists++] = before + i
    }
    this.#lists = lists
  }

  #growInner(size: number): void {
    const larger = new Int32Array(Math.max(size, Math.ceil(1.5 * this.#inner.length)))
    larger.set(this.#inner.subarray(0, this.#lists))
    this.#inner = larger
  }

  /** Copies the values [from, to) of the page. */
  #copy(from: number, to: number): void {
    const at = this.#size * this.#width
    this.#size += to - from
    this.#bytes = grown(this.#bytes, this.#size * this.#width)
    this.#bytes.set(this.#page.subarray(from * this.#width, to * this.#width), at)
  }

  /** Zeros, in the place of `n` values that are null. */
  #blank(n: number): void {
    const at = this.#size * this.#width
    this.#size += n
    this.#bytes = grown(this.#bytes, this.#size * this.#width)
    this.#bytes.fill(0, at, this.#size * this.#width)
  }

  /** As `add`, level by level: a null leaves zeros in its place, a null list of fixed length as many as it would have. */
  #addWithGaps({ levels, from, to, valueAt }: PagePart, definition: Uint8Array): number {
    const { filled, maxDef } = this.#leaf
    const depth = filled.length
    const innerFilled = filled[depth - 1]
    let value = valueAt
    let copied = valueAt
    for (let i = from; i < to; i++) {
      const def = definition[i]
      const rep = levels.repetition === undefined ? 0 : levels.repetition[i]
      if (rep > 0 && def < filled[rep - 1]) throw damaged('a list continues with nothing in it')
      if (def !== maxDef || rep < depth) {
        this.#copy(copied, value)
        copied = value
      }
      if (rep === 0) this.#startRow(depth)
      if (depth === 2 && rep < 2 && def >= filled[0]) this.#startInner()
      if (def === maxDef) value++
      else if (depth === 0) {
        this.#nulls.mark(this.#row - 1, 1)
        this.#blank(1)
      } else if (def >= innerFilled) {
        this.#nulls.mark(this.#row - 1, 2)
        this.#blank(1)
      } else if (def < filled[0] - 1) this.#nullRow()
      else if (depth === 2 && def >= filled[0] && def < innerFilled - 1) {
        this.#nulls.mark(this.#row - 1, 2)
        if (this.#lengths[1] !== 'list') this.#blank(this.#lengths[1])
      }
    }
    this.#copy(copied, value)
    return value
  }

  #startRow(depth: number): void {
    if (depth > 0) this.#outer[this.#row] = depth === 1 ? this.#size : this.#lists
    this.#row++
  }

  #startInner(): void {
    if (this.#inner.length <= this.#lists) this.#growInner(this.#lists + 1)
    this.#inner[this.#lists++] = this.#size
  }

  #nullRow(): void {
    this.#nulls.mark(this.#row - 1, 1)
    const [outer, inner] = this.#lengths
    if (outer === 'list') return
    if (inner === undefined) this.#blank(outer)
    else {
      for (let i = 0; i < outer; i++) {
        this.#startInner()
        if (inner !== 'list') this.#blank(inner)
      }
    }
  }

  finish(): NumberColumn {
    const lists: Offsets[] = []
    const depth = this.#leaf.filled.length
    if (depth > 0) {
      this.#outer[this.#row] = depth === 1 ? this.#size : this.#lists
      lists.push(this.#level(this.#outer, this.#row, this.#lengths[0]))
    }
    if (depth > 1) {
      if (this.#inner.length <= this.#lists) this.#growInner(this.#lists + 1)
      this.#inner[this.#lists] = this.#size
      lists.push(this.#level(this.#inner, this.#lists, this.#lengths[1]))
    }
    // The dimensions of a tensor are all in its outermost list.
    const extra = this.#nesting.length - depth
    const levels = extra > 0 ? [...(this.#nesting.slice(0, extra + 1) as number[]), ...lists.slice(1)] : lists
    return {
      kind: 'numbers',
      element: this.#element,
      values: VIEWS[this.#element](this.#bytes.buffer, this.#size),
      levels,
      nulls: this.#nulls.finish(),
    }
  }

  /** The offsets of `n` lists, or their length where it is fixed, which it must be in every one. */
  #level(offsets: Int32Array, n: number, length: number | 'list'): Offsets {
    if (length === 'list') return offsets.subarray(0, n + 1)
    for (let i = 0; i < n; i++) {
      if (offsets[i + 1] - offsets[i] !== length) {
        throw damaged(`a list has ${offsets[i + 1] - offsets[i]} values, its type says ${length}`)
      }
    }
    return length
  }
}
