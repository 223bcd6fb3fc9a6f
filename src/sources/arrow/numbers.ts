import type { Element, NumberColumn, Offsets } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import type { Range, TypedArray } from '../../core/types.js'
import type { Arena } from './arena.js'
import type { Piece } from './body.js'
import { isSet, rowNulls, type Validity, validityOf } from './nulls.js'
import { int64ToFloat64, NO_OFFSETS, readOffsets } from './offsets.js'
import { asArray, bits, type Decoding, items, type Place, type Slice } from './slice.js'
import type { Reading } from './shape.js'

/** How elements are stored; bits are not of this kind. */
const STORED = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: Float64Array,
  uint64: Float64Array,
}

/** Items `range` of a buffer of `count` elements. */
export function elements(element: Element, buffer: number, range: Range, count: number): Piece {
  if (element === 'bool') return bits(buffer, range, count)
  return items(buffer, range, STORED[element].BYTES_PER_ELEMENT, count)
}

/** The numbers of some rows, level after level: each level's offsets say which part of the next is needed. */
export function* decodeNumbers(
  slice: Slice,
  place: Place,
  reading: Extract<Reading, { kind: 'numbers' }>,
): Decoding<NumberColumn> {
  const { layout, arena } = slice
  const { element } = reading
  const levels: Offsets[] = []
  const validities: Validity[] = []
  let { node, buffer } = place
  let range = slice.rows
  let pending: Piece[] = []
  const enter = () => {
    const validity = validityOf(slice, node, buffer, range, levels.length)
    if (validity) {
      validities.push(validity)
      pending.push(validity.piece)
    }
  }
  for (const level of reading.levels) {
    enter()
    if (level.kind === 'fixed') {
      levels.push(...level.shape)
      range = { start: range.start * level.size, end: range.end * level.size }
      buffer += 1
    } else {
      let read = NO_OFFSETS
      if (range.end > range.start) {
        const width = level.wide ? 8 : 4
        const piece = items(
          buffer + 1,
          { start: range.start, end: range.end + 1 },
          width,
          layout.lengths[node] + 1,
        )
        pending.push(piece)
        yield pending
        pending = []
        read = readOffsets(piece.bytes, level.wide, layout.lengths[node + 1], arena)
      }
      levels.push(read.offsets)
      range = read.range
      buffer += 2
    }
    node += 1
  }
  enter()
  const values = elements(element, buffer + 1, range, layout.lengths[node])
  pending.push(values)
  yield pending
  const nulls = rowNulls(slice.rows.end - slice.rows.start, levels, validities, arena)
  const array = readValues(element, values.bytes, range, arena)
  if (element === 'int64' || element === 'uint64') checkExact(array, levels, nulls)
  return { kind: 'numbers', element, values: array, levels, nulls }
}

/** The elements `range` of a buffer, of which `bytes` is the part that holds them. */
export function readValues(element: Element, bytes: Uint8Array, range: Range, arena: Arena): TypedArray {
  if (element === 'bool') return unpackBits(bytes, range, arena)
  if (element === 'int64' || element === 'uint64') return int64ToFloat64(bytes, arena, element === 'int64')
  return asArray<TypedArray>(STORED[element], bytes, arena)
}

/** Bits as bytes of 0 or 1. */
function unpackBits(bytes: Uint8Array, range: Range, arena: Arena): Uint8Array {
  const unpacked = arena.take(range.end - range.start)
  const bit = range.start % 8
  for (let i = 0; i < unpacked.length; i++) unpacked[i] = isSet(bytes, bit + i) ? 1 : 0
  return unpacked
}

/** Refuses integers that no double holds, unless in a row with nulls: there they may be anything. */
function checkExact(values: TypedArray, levels: readonly Offsets[], nulls: Uint8Array | undefined): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue
    let row = i
    for (const level of levels.toReversed()) row = parentOf(level, row)
    if (nulls === undefined || nulls[row] === 0) {
      throw new DataError(
        'column',
        `row ${row} of the batch holds an integer beyond 2^53, expected one that a double holds; convert it`,
      )
    }
  }
}

/** The row that item i belongs to. */
function parentOf(level: Offsets, i: number): number {
  if (typeof level === 'number') return Math.floor(i / level)
  let low = 0
  let high = level.length - 1
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (level[middle] <= i) low = middle
    else high = middle
  }
  return low
}
