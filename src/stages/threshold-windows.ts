import type { Stage } from '../core/types.js'
import type { PointsRecord, WindowsRecord } from '../dna/records.js'
import { QuantileSelector } from '../dna/quantiles/quantile-selector.js'

/** Points are the windows whose radius is strictly above the q-quantile of the radii of the record's own windows. */
export function thresholdPerSequence(options: { q?: number } = {}): Stage<WindowsRecord, PointsRecord> {
  const { q = 0.9 } = options
  return {
    name: 'threshold-per-sequence',
    params: { q },
    connect(next) {
      const selector = new QuantileSelector()
      return map => {
        const { record, corrected, totals, dead, shape, squares, start, end, missing, scale } = map
        const typical = (totals.magnitude / record.sequence.length) ** 2
        const pointCount = selector.select(squares, start, end, missing, q, typical)
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

/** Points are the windows whose radius is at least `low`: those of a global threshold, to the bin that holds its cut. */
export function thresholdAtLeast(options: { low: number }): Stage<WindowsRecord, PointsRecord> {
  const { low } = options
  return {
    name: 'threshold-at-least',
    params: { low },
    connect(next) {
      let points = new Int32Array(0)
      return map => {
        const { squares, start, end, scale } = map
        if (points.length < end) points = new Int32Array(end)
        let pointCount = 0
        for (let i = start; i < end; i++) {
          const square = squares.values[i]
          if (square > 0 && Math.sqrt(square) * scale >= low) points[pointCount++] = i
        }
        next({ ...map, points, pointCount })
      }
    },
  }
}
