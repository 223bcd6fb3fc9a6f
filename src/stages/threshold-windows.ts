import type { Stage } from '../core/types.js'
import { cutOfSquares } from '../dna/quantile.js'
import type { PointsRecord, WindowsRecord } from '../dna/records.js'

/** Points are the windows whose radius is strictly above the q-quantile of the radii of the record's own windows. */
export function thresholdPerSequence(options: { q: number }): Stage<WindowsRecord, PointsRecord> {
  const { q } = options
  return {
    name: 'threshold-per-sequence',
    params: { q },
    connect(next) {
      let scratch = new Float64Array(0)
      let existing = new Float64Array(0)
      return map => {
        const { start, end, count } = map
        const { squares } = map.windows
        if (scratch.length < squares.length) {
          scratch = new Float64Array(squares.length)
          existing = new Float64Array(squares.length)
        }
        let cut: number
        if (count === end - start) cut = cutOfSquares(squares, start, end, q, scratch)
        else {
          let kept = 0
          for (let i = start; i < end; i++) if (squares[i] >= 0) existing[kept++] = squares[i]
          cut = cutOfSquares(existing, 0, kept, q, scratch)
        }
        next({ ...map, cut })
      }
    },
  }
}
