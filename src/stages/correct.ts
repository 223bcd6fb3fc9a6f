import type { AttributionRecord, Stage } from '../core/types.js'
import type { Basis } from '../dna/basis.js'
import { allocateCorrected, mapCorrector, unusableValue } from '../dna/corrected-map.js'
import type { CorrectedRecord } from '../dna/records.js'

/**
 * Gradient correction: the mean over bases is taken off every position. What comes out has squared magnitudes and the
 * three coordinates of each corrected vector in `basis`.
 *
 * Errors: `record`, where a value of the map is NaN or infinite, or too large to square.
 */
export function correct(options: { basis?: Basis } = {}): Stage<AttributionRecord, CorrectedRecord> {
  const { basis = 'gram-schmidt' } = options
  return {
    name: 'correct',
    params: { basis },
    connect(next) {
      const correctMap = mapCorrector(basis)
      let corrected = allocateCorrected(0)
      const totals = { magnitude: 0, square: 0, unknown: 0, scale: 1 }
      return record => {
        const length = record.sequence.length
        if (corrected.e1.length < length) corrected = allocateCorrected(length)
        if (!correctMap(record.attribution, record.sequence, corrected, totals)) {
          throw unusableValue(record.attribution)
        }
        next({ record, corrected, totals, dead: !(totals.square > 0) })
      }
    },
  }
}
