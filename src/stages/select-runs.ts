import type { Stage } from '../core/types.js'
import { cutOfSquares } from '../dna/quantile.js'
import type { CorrectedRecord, RunsRecord } from '../dna/records.js'
import { attributedRuns } from '../dna/runs.js'
import { withoutUnknown } from '../dna/unknown.js'

/**
 * Attributed runs: positions whose magnitude is strictly above the record's q-quantile of magnitudes (N positions left
 * out), in maximal runs whose 3' end is extended by `buffer`; runs that then overlap are merged. A dead map has none.
 *
 * Source: the paper, 2.1.
 */
export function selectRuns(options: { q: number; buffer: number }): Stage<CorrectedRecord, RunsRecord> {
  const { q, buffer } = options
  return {
    name: 'select-runs',
    params: { q, buffer },
    connect(next) {
      let scratch = new Float64Array(0)
      let runs = new Int32Array(0)
      return map => {
        const { sequence } = map.record
        const length = sequence.length
        if (scratch.length < length) {
          scratch = new Float64Array(length)
          runs = new Int32Array(length + 1)
        }
        let runCount = 0
        if (!map.dead) {
          const { squares } = map.corrected
          const cut =
            map.totals.unknown === 0
              ? cutOfSquares(squares, 0, length, q, scratch)
              : cutOfSquares(...withoutUnknown(squares, sequence), q, scratch)
          runCount = attributedRuns(squares, length, cut, buffer, runs)
        }
        next({ ...map, runs, runCount })
      }
    },
  }
}
