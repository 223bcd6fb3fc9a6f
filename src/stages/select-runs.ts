import type { Stage } from '../core/types.js'
import type { CorrectedRecord, RunsRecord } from '../dna/records.js'
import { allocateRuns, runFinder } from '../dna/runs.js'
import { QuantileSelector } from '../dna/quantiles/quantile-selector.js'

/**
 * Attributed runs: positions whose magnitude is strictly above the record's q-quantile of magnitudes (N positions left
 * out), in maximal runs whose 3' end is extended by `buffer`; runs that then overlap are merged. A dead map has none.
 *
 * Source: the paper, 2.1.
 */
export function selectRuns(
  options: { q?: number; buffer?: number } = {},
): Stage<CorrectedRecord, RunsRecord> {
  const { q = 0.9, buffer = 2 } = options
  return {
    name: 'select-runs',
    params: { q, buffer },
    connect(next) {
      const selector = new QuantileSelector()
      const findRuns = runFinder(buffer)
      let runs = allocateRuns(0)
      return map => {
        const { corrected, dead, totals } = map
        const length = map.record.sequence.length
        if (runs.length < 2 * length) runs = allocateRuns(length)
        let runCount = 0
        let cut = Number.NaN
        let attributed = 0
        if (!dead) {
          const { magnitude, unknown } = totals
          attributed = selector.select(corrected.squares, 0, length, unknown, q, (magnitude / length) ** 2)
          cut = selector.cut
          runCount = findRuns(selector.positions, attributed, length, runs)
        }
        next({
          record: map.record,
          corrected,
          totals,
          dead,
          runs,
          runCount,
          cut,
          attributed,
          positions: selector.positions,
        })
      }
    },
  }
}
