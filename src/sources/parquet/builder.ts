import type { Encoding } from 'hyparquet'
import type { Column } from '../columns/column.js'
import { LARGEST } from '../../io/codecs.js'
import { unread } from './damage.js'
import type { Levels } from './levels.js'

/** A part of a page: the values at levels [from, to), of which `starts[0..rows)` start a row. */
export interface PagePart {
  readonly levels: Levels
  readonly from: number
  readonly to: number
  /** Where rows start; undefined in a column without lists, where every level is a row. */
  readonly starts: Int32Array | undefined
  readonly rows: number
  /** Values there before `from` in the page. */
  readonly valueAt: number
}

/** Builds the column of a window from parts of pages. Its buffers are used again for the next window. */
export interface Builder {
  setDictionary(encoding: Encoding, bytes: Uint8Array, n: number): void
  /** Opens a page: its `n` values that are there. Parts are of the last page opened. */
  open(encoding: Encoding, bytes: Uint8Array, n: number): void
  begin(rows: number): void
  /** Appends a part and returns how many values of its page are used up. */
  add(part: PagePart): number
  finish(): Column
}

/** `buffer`, or a larger copy of it that has room for `size` bytes. */
export function grown(buffer: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= buffer.length) return buffer
  if (size > LARGEST) {
    throw unread(`a window of rows takes ${size} bytes, at most ${LARGEST} are read`, 'write smaller rows')
  }
  const larger = new Uint8Array(Math.ceil(Math.max(size, 1.5 * buffer.length, 4096) / 8) * 8)
  larger.set(buffer)
  return larger
}

/** Which rows of a window are null: nothing until the first one is. */
export class Nulls {
  #states: Uint8Array | undefined
  #rows = 0

  begin(rows: number): void {
    this.#rows = rows
    this.#states = undefined
  }

  /** State 1: the row is null; 2: something in it is. */
  mark(row: number, state: 1 | 2): void {
    this.#states ??= new Uint8Array(this.#rows)
    this.#states[row] = state
  }

  finish(): Uint8Array | undefined {
    return this.#states
  }
}
