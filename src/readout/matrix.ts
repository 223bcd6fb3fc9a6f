import { LETTERS } from '../dna/bases.js'

/** Counts or shares of A, C, G and T at one position. */
export type MotifColumn = readonly [a: number, c: number, g: number, t: number]

/** The same at each position of a motif. */
export type MotifMatrix = readonly MotifColumn[]

/** The shares of a matrix of counts; a position without a count is 1/4 each. */
export function sharesOf(counts: MotifMatrix): MotifMatrix {
  return counts.map(column => {
    const sum = column[0] + column[1] + column[2] + column[3]
    if (!(sum > 0)) return [0.25, 0.25, 0.25, 0.25]
    return [column[0] / sum, column[1] / sum, column[2] / sum, column[3] / sum]
  })
}

/** The matrix of the other strand. */
export function reverseMatrix(matrix: MotifMatrix): MotifMatrix {
  return matrix.toReversed().map(([a, c, g, t]) => [t, g, c, a])
}

/** Relative entropy of shares against a background, in bits. */
export function informationOf(shares: readonly number[], background: readonly number[]): number {
  let bits = 0
  for (let b = 0; b < 4; b++) if (shares[b] > 0) bits += shares[b] * Math.log2(shares[b] / background[b])
  return Math.max(0, bits)
}

/** One-letter codes of sets of bases by bit mask, A being the lowest bit. */
const IUPAC = '-ACMGRSVTWYHKDBN'

/**
 * The consensus of a matrix: the base that more than half hold and twice as many as the next, else the two or three that
 * make up three quarters (Cavener's rules, with three of a set allowed), as a code of the IUPAC.
 */
export function consensusOf(matrix: MotifMatrix): string {
  return sharesOf(matrix)
    .map(column => {
      const order = [0, 1, 2, 3].toSorted((i, j) => column[j] - column[i] || i - j)
      const [first, second, third] = order.map(base => column[base])
      if (first > 0.5 && first > 2 * second) return LETTERS[order[0]]
      if (first + second > 0.75) return IUPAC[(1 << order[0]) | (1 << order[1])]
      if (first + second + third > 0.95) return IUPAC[(1 << order[0]) | (1 << order[1]) | (1 << order[2])]
      return 'N'
    })
    .join('')
}

/** The same; null if it would be N throughout, or nothing. */
export function preferredBases(matrix: MotifMatrix): string | null {
  const consensus = consensusOf(matrix)
  return /^N*$/.test(consensus) ? null : consensus
}
