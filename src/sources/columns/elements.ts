import { DataError } from '../../core/errors.js'
import type { TypedArray } from '../../core/types.js'
import type { Element, TextColumn } from './column.js'

/** Bytes of an item as files store it, and in memory. */
export const ITEM_BYTES: { readonly [element in Element]: number } = {
  float16: 2,
  float32: 4,
  float64: 8,
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
}

type View = new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray

const VIEWS: { readonly [element in Exclude<Element, 'int64' | 'uint64'>]: View } = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
}

/**
 * Little-endian bytes as the numbers of a column: a view, where they are aligned, except of 64-bit integers, which become
 * doubles. Error: `column`, for an integer beyond 2^53.
 */
export function asNumbers(element: Element, bytes: Uint8Array): TypedArray {
  const width = ITEM_BYTES[element]
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  const { buffer, byteOffset } = aligned
  const length = Math.floor(bytes.length / width)
  if (element !== 'int64' && element !== 'uint64') return new VIEWS[element](buffer, byteOffset, length)
  const wide =
    element === 'int64'
      ? new BigInt64Array(buffer, byteOffset, length)
      : new BigUint64Array(buffer, byteOffset, length)
  const numbers = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    numbers[i] = Number(wide[i])
    if (!Number.isSafeInteger(numbers[i])) {
      throw new DataError(
        'column',
        `holds the integer ${wide[i]}, expected at most 2^53; store it as float64`,
      )
    }
  }
  return numbers
}

/** Turns items of `width` bytes round in place. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (width === 2) buffer.swap16()
  else if (width === 4) buffer.swap32()
  else if (width === 8) buffer.swap64()
}

const encoder = new TextEncoder()

/** Texts, or their UTF-8 bytes, as a column. */
export function textColumn(texts: readonly (string | Uint8Array)[]): TextColumn {
  const encoded = texts.map(text => (typeof text === 'string' ? encoder.encode(text) : text))
  const offsets = new Float64Array(texts.length + 1)
  for (const [i, { length }] of encoded.entries()) offsets[i + 1] = offsets[i] + length
  const bytes = new Uint8Array(offsets[texts.length])
  for (const [i, text] of encoded.entries()) bytes.set(text, offsets[i])
  return { kind: 'text', bytes, offsets, nulls: undefined }
}

/** One bit for each of `length` items, the first the lowest of its byte, set where `isSet`: as Arrow has its flags. */
export function bitmapOf(length: number, isSet: (index: number) => boolean): Uint8Array {
  const bits = new Uint8Array((length + 7) >>> 3)
  for (let i = 0; i < length; i++) if (isSet(i)) bits[i >>> 3] |= 1 << (i & 7)
  return bits
}
