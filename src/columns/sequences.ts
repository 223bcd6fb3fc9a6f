import { badRecord } from '../core/errors.js'
import { N } from '../dna/bases.js'
import { LetterCodes } from '../dna/letters.js'
import type { Column } from './column.js'
import type { MatrixReader } from './matrix.js'

/** Reads the base codes of a row; the answer is valid until the next row is read. */
export type SequenceReader = (column: Column, row: number) => Uint8Array

/** A reader of sequences as text, or as one-hot matrices that `matrix` reads; a position of all zeros is N. */
export function sequenceReader(what: string, matrix: MatrixReader): SequenceReader {
  const letters = new LetterCodes()
  return (column, row) => {
    if (column.kind === 'text') return letters.of(column.bytes, column.offsets[row], column.offsets[row + 1])
    const length = matrix.length(column, row)
    const oneHot = matrix.read(column, row, length)
    const codes = letters.room(length)
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
