import { damaged } from './damage.js'
import { decodeSmall } from './hybrid.js'
import type { PageBody, PageHead } from './pages.js'
import type { Leaf } from './schema.js'

/** The levels of a page, one a value, in buffers that are used again for the next page. */
export interface Levels {
  /** 0 starts a row, 1 an inner list or (in a flat one) a value; undefined where the column has no lists. */
  readonly repetition: Buffer | undefined
  /** Undefined where every value is there: no nulls, no empty lists. */
  readonly definition: Uint8Array | undefined
  /** Values that are there. */
  readonly present: number
  /** Where the values start in `body.values`. */
  readonly valuesAt: number
}

/** Reads the levels of one column, page by page. */
export class LevelReader {
  readonly #maxRep: number
  readonly #maxDef: number
  /** A Buffer: it finds a byte several times faster. */
  #repetition = Buffer.alloc(0)
  #definition = new Uint8Array(0)

  constructor(leaf: Leaf) {
    this.#maxRep = leaf.filled.length
    this.#maxDef = leaf.maxDef
  }

  read(head: PageHead, body: PageBody): Levels {
    const n = head.values
    const bytes = body.levels
    let at = 0
    let repetition: Buffer | undefined
    let definition: Uint8Array | undefined
    const section = (size: number, what: string): number => {
      let end = at + size
      if (head.kind === 'data') {
        if (at + 4 > bytes.length) throw damaged(`the page ends before its ${what}`)
        end = at + 4 + new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
        at += 4
      }
      if (end > bytes.length) throw damaged(`the page ends within its ${what}`)
      return end
    }
    if (this.#maxRep > 0) {
      const end = section(head.repetitionBytes, 'repetition levels')
      if (this.#repetition.length < n) this.#repetition = Buffer.allocUnsafeSlow(n)
      repetition = this.#repetition.subarray(0, n)
      decodeSmall(bytes, at, end, widthOf(this.#maxRep), this.#maxRep, repetition, n, 'the repetition levels')
      at = end
    }
    if (this.#maxDef > 0) {
      const end = section(head.definitionBytes, 'definition levels')
      if (!isOneRun(bytes, at, end, this.#maxDef, n)) {
        if (this.#definition.length < n) this.#definition = new Uint8Array(n)
        const levels = this.#definition.subarray(0, n)
        const least = decodeSmall(
          bytes,
          at,
          end,
          widthOf(this.#maxDef),
          this.#maxDef,
          levels,
          n,
          'the definition levels',
        )
        if (least < this.#maxDef) definition = levels
      }
      at = end
    }
    const present = definition === undefined ? n : countOf(definition, this.#maxDef, 0, n)
    return { repetition, definition, present, valuesAt: head.kind === 'data' ? at : 0 }
  }
}

/** Whether the levels are one run of `level`, the form in which writers say that there are no nulls. */
function isOneRun(bytes: Uint8Array, at: number, end: number, level: number, n: number): boolean {
  let head = 0
  for (let shift = 0; at < end && shift < 35; shift += 7) {
    const b = bytes[at++]
    head += (b & 127) * 2 ** shift
    if (b < 128) return head % 2 === 0 && head / 2 >= n && at < end && bytes[at] === level
  }
  return false
}

/** How many of the levels [from, to) are `level`. */
export function countOf(levels: Uint8Array, level: number, from: number, to: number): number {
  let found = 0
  for (let i = from; i < to; i++) if (levels[i] === level) found++
  return found
}

/** Bits that levels up to `max` take. */
function widthOf(max: number): number {
  return 32 - Math.clz32(max)
}
