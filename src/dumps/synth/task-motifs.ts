import { DataError } from '../../core/errors.js'
import { type MotifColumn, type MotifMatrix, reverseMatrix, sharesOf } from '../../readout/matrix.js'
import type { SyntheticMotif } from './options.js'
import { below, streamOf } from './streams.js'

/** Motifs that resemble a core motif more than this are not drawn for negatives. */
export const MOST_ALIKE = 0.75

/** Columns that two motifs must share to be compared. */
const LEAST_OVERLAP = 6
/** Share of a motif's norm that must lie in the overlap for its correlation to count in full. */
const FULL_OVERLAP = 0.7

/**
 * Draws `count` motifs, without replacement, of those that do not resemble a core motif: negatives made of them have no
 * motif that a network could take for one of the core.
 *
 * Errors: `usage`, if there are too few.
 */
export function drawOthers(
  core: readonly SyntheticMotif[],
  others: readonly SyntheticMotif[],
  count: number,
  seed: number,
): SyntheticMotif[] {
  const strands = core.flatMap(({ matrix }) => [sharesOf(matrix), reverseMatrix(sharesOf(matrix))])
  const left = others.filter(({ matrix }) =>
    strands.every(strand => similarity(strand, sharesOf(matrix)) <= MOST_ALIKE),
  )
  if (left.length < count) {
    throw new DataError(
      'usage',
      `--others is ${count}, but of ${others.length} motifs outside the core only ${left.length} differ enough from it; give a larger file with --motifs, or fewer with --others`,
    )
  }
  const random = streamOf(seed, 'others', 0)
  for (let i = 0; i < count; i++) {
    const j = i + below(random, left.length - i)
    ;[left[i], left[j]] = [left[j], left[i]]
  }
  return left.slice(0, count)
}

/**
 * The largest correlation of two motifs' probabilities less 1/4 over all offsets that share at least six columns (or the
 * whole of the shorter motif); it counts less where less than 0.7 of a motif's norm lies in the columns shared.
 */
export function similarity(a: MotifMatrix, b: MotifMatrix): number {
  const least = Math.min(LEAST_OVERLAP, a.length, b.length)
  const [normA, normB] = [normOf(a), normOf(b)]
  let best = -1
  for (let offset = least - b.length; offset <= a.length - least; offset++) {
    const from = Math.max(0, offset)
    const to = Math.min(a.length, offset + b.length)
    const partA = a.slice(from, to)
    const partB = b.slice(from - offset, to - offset)
    const [inA, inB] = [normOf(partA), normOf(partB)]
    if (inA === 0 || inB === 0) continue
    const counts = Math.min(1, inA / normA / FULL_OVERLAP, inB / normB / FULL_OVERLAP)
    best = Math.max(best, (productOf(partA, partB) / (inA * inB)) * counts)
  }
  return best
}

const normOf = (matrix: MotifMatrix): number => Math.sqrt(productOf(matrix, matrix))

function productOf(a: MotifMatrix, b: MotifMatrix): number {
  const of = (x: MotifColumn, y: MotifColumn) =>
    x.reduce((sum, share, i) => sum + (share - 0.25) * (y[i] - 0.25), 0)
  return a.reduce((sum, column, i) => sum + of(column, b[i]), 0)
}
