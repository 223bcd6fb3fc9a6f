import type { Offsets } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import type { Arena } from './arena.js'
import type { Piece } from './body.js'
import { bits, type Slice } from './slice.js'

/** The validity of the items at one depth of a column: depth 0 are its rows. */
export interface Validity {
  readonly depth: number
  readonly range: Range
  readonly piece: Piece
}

/** The validity to load for a range of a node, if it has nulls. */
export function validityOf(
  { layout }: Slice,
  node: number,
  buffer: number,
  range: Range,
  depth: number,
): Validity | undefined {
  const count = layout.lengths[node]
  const nulls = layout.nullCounts[node]
  if (nulls > count || range.end > count) {
    throw new DataError(
      'damaged',
      nulls > count
        ? `a column has ${nulls} nulls in ${count} items; write the file again`
        : `a column has ${count} items, expected at least ${range.end}; write the file again`,
    )
  }
  if (nulls === 0 || range.end === range.start) return undefined
  return { depth, range, piece: bits(buffer, range, count) }
}

/**
 * One entry a row: 1 = the row is null, 2 = something inside it is, 0 = neither; undefined where no row has any.
 * `levels` are the offsets from rows down.
 */
export function rowNulls(
  rows: number,
  levels: readonly Offsets[],
  validities: readonly Validity[],
  arena: Arena,
): Uint8Array | undefined {
  let nulls: Uint8Array | undefined
  for (const { depth, range, piece } of validities) {
    const bit = range.start % 8
    if (!hasZero(piece.bytes, bit, bit + range.end - range.start)) continue
    nulls ??= arena.take(rows).fill(0)
    for (let row = 0; row < rows; row++) {
      let start = row
      let end = row + 1
      for (let d = 0; d < depth; d++) {
        const level = levels[d]
        start = typeof level === 'number' ? start * level : level[start]
        end = typeof level === 'number' ? end * level : level[end]
      }
      if (nulls[row] === 0 && hasZero(piece.bytes, bit + start, bit + end)) nulls[row] = depth === 0 ? 1 : 2
    }
  }
  return nulls
}

/** Whether one of the bits `start` to `end` is 0. */
function hasZero(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start
  for (; i < end && i % 8 !== 0; i++) if (!isSet(bytes, i)) return true
  for (; i + 8 <= end; i += 8) if (bytes[i / 8] !== 0xff) return true
  for (; i < end; i++) if (!isSet(bytes, i)) return true
  return false
}

export function isSet(bytes: Uint8Array, bit: number): boolean {
  return ((bytes[Math.floor(bit / 8)] >> (bit % 8)) & 1) === 1
}
