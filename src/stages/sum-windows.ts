import { badRecord } from '../core/errors.js'
import type { Stage } from '../core/types.js'
import type { CorrectedRecord, WindowsRecord } from '../dna/records.js'
import { allocateSquares } from '../dna/corrected-map.js'
import { type Normalisation, normOf, squareWindows, type WindowKind, windowSpan } from '../dna/windows.js'

export { NORMALISATIONS, type Normalisation } from '../dna/windows.js'

export interface WindowOptions {
  /** Positions; 3 by default. */
  readonly width?: number
  /** Where a window lies from its position; `centered` by default. */
  readonly kind?: WindowKind
  /** `mean` by default. */
  readonly reduce?: 'mean' | 'sum'
  /** Norm that a map is divided by; `l2-sum`, the sum of its vectors' lengths, by default. */
  readonly normalise?: Normalisation
}

/**
 * Squared lengths of the corrected vectors' sums over windows of `width` positions, with the scale that makes them means
 * or sums of the normalised map. A window that touches an N does not exist. Dead maps end here: they have no direction.
 *
 * Source: the paper, 2.2 and appendix A.
 */
export function sumWindows(options: WindowOptions = {}): Stage<CorrectedRecord, WindowsRecord> {
  const { width = 3, kind = 'centered', reduce = 'mean', normalise = 'l2-sum' } = options
  const shape = { kind, width }
  return {
    name: 'sum-windows',
    params: { width, kind, reduce, normalise },
    connect(next) {
      let squares = allocateSquares(0)
      return map => {
        const { record, corrected, totals, dead } = map
        if (dead) return
        if (totals.scale !== 1 && normalise === 'none') {
          throw badRecord(
            'other',
            'attribution holds values whose squares vanish, expected magnitudes above 1e-130 without normalisation; scale the map up, or give --normalise l2-sum',
          )
        }
        const { sequence } = record
        if (squares.values.length < sequence.length) squares = allocateSquares(sequence.length)
        const missing = squareWindows(corrected, sequence, totals.unknown, shape, squares)
        const { start, end } = windowSpan(shape, sequence.length)
        const scale = 1 / (normOf(normalise, totals) * (reduce === 'mean' ? width : 1))
        next({ record, corrected, totals, dead, shape, squares, start, end, missing, scale })
      }
    },
  }
}
