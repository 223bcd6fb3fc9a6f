import type { Stage } from '../core/types.js'
import type { PointsRecord, WindowsRecord } from '../dna/records.js'
import { Selector } from '../dna/selector.js'

/** Points are the windows whose radius is strictly above the q-quantile of the radii of the record's own windows. */
export function thresholdPerSequence(options: { q: number }): Stage<WindowsRecord, PointsRecord> {
  const { q } = options
  return {
    name: 'threshold-per-sequence',
    params: { q },
    connect(next) {
      const selector = new Selector()
      return map => {
        const { record, corrected, totals, dead, shape, squares, start, end, missing, scale } = map
        const mean = totals.square / record.sequence.length
        const pointCount = selector.select(squares, start, end, missing, q, mean)
        const points = selector.positions
        next({
          record,
          corrected,
          totals,
          dead,
          shape,
          squares,
          start,
          end,
          missing,
          scale,
          points,
          pointCount,
        })
      }
    },
  }
}
