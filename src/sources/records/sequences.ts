import { badRecord } from '../../core/errors.js'
import { N } from '../../dna/bases.js'
import { LetterCodes } from '../../dna/letters.js'
import type { Column } from '../columns/column.js'
import { listAt, type Matrix, type MatrixReader } from './matrix.js'

/** Codes that stand for N: the one behind those of the bases, and what fills up arrays. */
const NONE = [4, -1]

/** How far four values may be apart that are to be equal, as a share of the largest: the precision of a half. */
const EQUAL = 2 ** -10

/**
 * Reads the base codes of rows: of text; of one-hot matrices, where a position of four equal values is N, be they 0 or
 * 0.25; or of the numbers of the letters in the alphabet, from 0, with 4 or -1 for N.
 */
export class SequenceReader {
  private readonly letters = new LetterCodes()

  /**
   * @param what Name of the column, for messages.
   * @param matrix Reads its matrices.
   * @param channels Channel of each base, which is its number where letters are numbers.
   */
  constructor(
    private readonly what: string,
    private readonly matrix: MatrixReader,
    private readonly channels: readonly number[],
  ) {}

  /**
   * The base codes of a row; valid until the next row is read.
   *
   * @param numbered Whether the row has a number for each letter.
   */
  read(column: Column, row: number, numbered: boolean): Uint8Array {
    const { letters, matrix } = this
    if (column.kind === 'text') return letters.of(column.bytes, column.offsets[row], column.offsets[row + 1])
    if (numbered) return this.codesOfNumbers(listAt(column, row))
    const length = matrix.length(column, row)
    return this.codesOf(matrix.read(column, row, length), letters.room(length))
  }

  private codesOfNumbers(numbers: ArrayLike<number>): Uint8Array {
    const codes = this.letters.room(numbers.length)
    for (let i = 0; i < codes.length; i++) {
      const base = this.channels.indexOf(numbers[i])
      if (base < 0 && !NONE.includes(numbers[i])) {
        throw badRecord(
          'sequence',
          `${this.what} at position ${i} is ${numbers[i]}, expected a letter's number, 0 to 3, or 4 or -1 for N`,
        )
      }
      codes[i] = base < 0 ? N : base
    }
    return codes
  }

  private codesOf(oneHot: Matrix, codes: Uint8Array): Uint8Array {
    for (let i = 0, p = 0; i < codes.length; i++, p += 4) {
      const a = oneHot[p]
      const c = oneHot[p + 1]
      const g = oneHot[p + 2]
      const t = oneHot[p + 3]
      const sum = a + c + g + t
      if ((sum !== 0 && sum !== 1) || a * a + c * c + g * g + t * t !== sum) {
        if (!areEqual(a, c, g, t)) {
          throw badRecord(
            'sequence',
            `${this.what} at position ${i} is (${a}, ${c}, ${g}, ${t}), expected one-hot: a single 1, or four equal values for N`,
          )
        }
        codes[i] = N
      } else codes[i] = N - N * sum + (c + 2 * g + 3 * t)
    }
    return codes
  }
}

function areEqual(a: number, c: number, g: number, t: number): boolean {
  const most = Math.max(a, c, g, t)
  return most - Math.min(a, c, g, t) <= EQUAL * Math.abs(most)
}
