import { badRecord } from '../core/errors.js'
import { CODE_OF_BYTE, N } from '../dna/bases.js'
import { isReached, kernels, naturals } from '../kernels/kernels.js'
import type { Column } from './column.js'
import type { MatrixReader } from './matrix.js'

/** Reads the base codes of a row; the answer is valid until the next row is read. */
export type SequenceReader = (column: Column, row: number) => Uint8Array

/** A reader of sequences as text, or as one-hot matrices that `matrix` reads; a position of all zeros is N. */
export function sequenceReader(what: string, matrix: MatrixReader): SequenceReader {
  let room = roomFor(0)
  let codes = room.codes
  let bytes: Uint8Array = codes
  let view = new DataView(bytes.buffer)
  const codesFor = (length: number) => {
    if (room.codes.length < length) room = roomFor(length)
    if (codes.length !== length || codes.buffer !== room.codes.buffer) codes = room.codes.subarray(0, length)
    return codes
  }
  return (column, row) => {
    if (column.kind === 'text') {
      if (column.bytes !== bytes) {
        bytes = column.bytes
        view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      }
      const start = column.offsets[row]
      const text = codesFor(column.offsets[row + 1] - start)
      if (kernels !== undefined && isReached(bytes) && room.isReached) {
        kernels.encodeBases(bytes.byteOffset + start, text.length, text.byteOffset)
      } else encode(view, start, text, room.words)
      return text
    }
    const length = matrix.length(column, row)
    const oneHot = matrix.read(column, row, length)
    const codes = codesFor(length)
    for (let i = 0, p = 0; i < length; i++, p += 4) {
      const [a, c, g, t] = [oneHot[p], oneHot[p + 1], oneHot[p + 2], oneHot[p + 3]]
      const sum = a + c + g + t
      const code = c + 2 * g + 3 * t
      if ((sum !== 0 && sum !== 1) || a * a + c * c + g * g + t * t !== sum) {
        throw badRecord(
          'sequence',
          `${what} at position ${i} is (${a}, ${c}, ${g}, ${t}), expected one-hot: a single 1, or four 0 for N`,
        )
      }
      codes[i] = sum === 0 ? N : code
    }
    return codes
  }
}

interface Room {
  readonly codes: Uint8Array
  /** The same in words of four. */
  readonly words: Uint32Array
  readonly isReached: boolean
}

/** Room for base codes, in whole sixteens. */
function roomFor(length: number): Room {
  const words = naturals(((length + 15) >>> 4) << 2)
  const codes = new Uint8Array(words.buffer, words.byteOffset, length)
  return { codes, words, isReached: isReached(codes) }
}

/**
 * Codes of letters, four at a time where they are A, C, G or T of either case, whose bits 1 and 2 tell which (2 ns a base
 * by table, 0.8 ns so).
 */
function encode(letters: DataView, start: number, codes: Uint8Array, words: Uint32Array): void {
  const length = codes.length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    const four = letters.getInt32(start + i, true)
    const bits = (four >>> 1) & 0x03030303 // A 0, C 1, T 2, G 3
    const high = (bits >>> 1) & 0x01010101
    const t = high & ~bits
    const upper = (0x41414141 + (bits << 1) + (t << 4) - t) | 0 // the letters of these bits
    if ((four & 0xdfdfdfdf) === upper) words[i >>> 2] = bits ^ high
    else for (let j = i; j < i + 4; j++) codes[j] = CODE_OF_BYTE[letters.getUint8(start + j)]
  }
  for (let i = whole; i < length; i++) codes[i] = CODE_OF_BYTE[letters.getUint8(start + i)]
}
