import type { TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import type { Arena } from './arena.js'
import { newArray } from './slice.js'

/**
 * Views and dictionaries may point at one long text from every row: more bytes than this in a window are an attack on
 * memory rather than data, whose windows have about 2 MiB.
 */
const MAX_GATHERED = 2 ** 28

/** Visits the bytes of a row: `length` of them from `start`. */
type Visit = (bytes: Uint8Array, start: number, length: number) => void

/** Text from pieces: `each` visits the bytes of one row, and is asked twice. Null rows are empty and not asked. */
export function gather(
  rows: number,
  nulls: Uint8Array | undefined,
  arena: Arena,
  each: (row: number, visit: Visit) => void,
): TextColumn {
  const offsets = newArray(Int32Array, rows + 1, arena)
  let total = 0
  const measure: Visit = (_bytes, _start, length) => {
    total += length
  }
  offsets[0] = 0
  for (let row = 0; row < rows; row++) {
    if (!nulls?.[row]) each(row, measure)
    if (total > MAX_GATHERED) {
      throw new DataError(
        'format',
        `text of over ${MAX_GATHERED} bytes in one batch, expected less; write it as plain strings`,
      )
    }
    offsets[row + 1] = total
  }
  const out = arena.take(total)
  let at = 0
  const copy: Visit = (bytes, start, length) => {
    copyBytes(bytes, start, length, out, at)
    at += length
  }
  for (let row = 0; row < rows; row++) if (!nulls?.[row]) each(row, copy)
  return { kind: 'text', bytes: out, offsets, nulls }
}

/** Texts up to this length are copied by a loop, which spares a view and a call for each row. */
const SHORT = 48

function copyBytes(from: Uint8Array, start: number, length: number, into: Uint8Array, at: number): void {
  if (length > SHORT) into.set(from.subarray(start, start + length), at)
  else for (let i = 0; i < length; i++) into[at + i] = from[start + i]
}
