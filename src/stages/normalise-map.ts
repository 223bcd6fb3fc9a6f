import type { AttributionRecord, Stage } from '../core/types.js'
import { N } from '../dna/bases.js'
import { RecordWithMap } from '../dna/replaced-map.js'
import { correctValues, scaleUp } from '../dna/corrected-map.js'
import { type Normalisation, normOf } from '../dna/windows.js'

/**
 * The corrected map divided by the sum of its magnitudes, by the root of the sum of their squares, or by nothing; those of
 * N are left out of the sums. A dead map stays as it is.
 */
export function normaliseMap(options: { normalise: Normalisation }): Stage<AttributionRecord> {
  const { normalise } = options
  return {
    name: 'normalise-map',
    params: { normalise },
    connect(next) {
      const changed = new RecordWithMap()
      const totals = { magnitude: 0, square: 0, scale: 1 }
      return record => {
        const { sequence } = record
        const values = changed.take(record)
        correctValues(record.attribution, values)
        if (normalise !== 'none') scaleUp(values)
        totals.magnitude = 0
        totals.square = 0
        for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
          if (sequence[i] === N) continue
          const square = values[p] ** 2 + values[p + 1] ** 2 + values[p + 2] ** 2 + values[p + 3] ** 2
          totals.square += square
          totals.magnitude += Math.sqrt(square)
        }
        const norm = normOf(normalise, totals)
        if (norm > 0) for (let p = 0; p < values.length; p++) values[p] /= norm
        next(changed)
      }
    },
  }
}
