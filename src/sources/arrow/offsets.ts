import type { Range } from '../../core/types.js'
import { DataError } from '../../core/errors.js'
import type { Arena } from './arena.js'
import { asArray, newArray } from './slice.js'

/** Offsets of some rows, from 0, and the range of items that they span. */
export interface ReadOffsets {
  readonly offsets: Int32Array | Float64Array
  readonly range: Range
}

/**
 * The offsets that `bytes` hold (one more than rows), counted from the first row's. Decreasing ones, and ones beyond
 * `limit` items, are a DataError `damaged`.
 */
export function readOffsets(bytes: Uint8Array, wide: boolean, limit: number, arena: Arena): ReadOffsets {
  const stored = wide ? int64ToFloat64(bytes, arena) : asArray(Int32Array, bytes, arena)
  const n = stored.length
  const first = stored[0]
  let previous = first
  // Negated, so that the NaN of one beyond 2^53 is caught too.
  let falls = !(first >= 0)
  for (let i = 1; i < n; i++) {
    const next = stored[i]
    if (!(next >= previous)) falls = true
    previous = next
  }
  if (falls || previous > limit) {
    throw new DataError('damaged', falls ? 'offsets decrease; write the file again' : beyond(previous, limit))
  }
  const range = { start: first, end: previous }
  if (first === 0) return { offsets: stored, range }
  if (wide) {
    for (let i = 0; i < n; i++) stored[i] -= first
    return { offsets: stored, range }
  }
  // The bytes may belong to the next window as well, so they stay as they are.
  const rebased = newArray(Int32Array, n, arena)
  for (let i = 0; i < n; i++) rebased[i] = stored[i] - first
  return { offsets: rebased, range }
}

function beyond(offset: number, limit: number): string {
  return `an offset points at item ${offset} of ${limit}; write the file again`
}

/** The offsets of no rows: a buffer may be missing then. */
export const NO_OFFSETS: ReadOffsets = { offsets: new Int32Array(1), range: { start: 0, end: 0 } }

/** 64-bit integers as doubles, in an array of their own; those beyond 2^53 become NaN. */
export function int64ToFloat64(bytes: Uint8Array, arena: Arena, signed = true): Float64Array {
  const words = asArray(Uint32Array, bytes, arena)
  const numbers = newArray(Float64Array, words.length / 2, arena)
  for (let i = 0; i < numbers.length; i++) {
    const high = signed ? words[2 * i + 1] | 0 : words[2 * i + 1]
    const exact = high >= -0x200000 && high < 0x200000
    numbers[i] = exact ? high * 2 ** 32 + words[2 * i] : Number.NaN
  }
  return numbers
}
