import { badRecord } from '../core/errors.js'
import { N } from '../dna/bases.js'
import { LetterCodes } from '../dna/letters.js'
import type { Column } from './column.js'
import type { Matrix, MatrixReader } from './matrix.js'

/** Reads the base codes of rows: of text, or of one-hot matrices, where a position of all zeros is N. */
export class SequenceReader {
  private readonly letters = new LetterCodes()

  /**
   * @param what Name of the column, for messages.
   * @param matrix Reads its matrices.
   */
  constructor(
    private readonly what: string,
    private readonly matrix: MatrixReader,
  ) {}

  /** The base codes of a row; valid until the next row is read. */
  read(column: Column, row: number): Uint8Array {
    const { letters, matrix } = this
    if (column.kind === 'text') return letters.of(column.bytes, column.offsets[row], column.offsets[row + 1])
    const length = matrix.length(column, row)
    return this.codesOf(matrix.read(column, row, length), letters.room(length))
  }

  private codesOf(oneHot: Matrix, codes: Uint8Array): Uint8Array {
    for (let i = 0, p = 0; i < codes.length; i++, p += 4) {
      const a = oneHot[p]
      const c = oneHot[p + 1]
      const g = oneHot[p + 2]
      const t = oneHot[p + 3]
      const sum = a + c + g + t
      if ((sum !== 0 && sum !== 1) || a * a + c * c + g * g + t * t !== sum) {
        throw badRecord(
          'sequence',
          `${this.what} at position ${i} is (${a}, ${c}, ${g}, ${t}), expected one-hot: a single 1, or four 0 for N`,
        )
      }
      codes[i] = N - N * sum + (c + 2 * g + 3 * t)
    }
    return codes
  }
}
