import type { Stage } from '../core/types.js'
import { MultiQuantileSelector } from '../dna/quantiles/multi-quantile-selector.js'
import type { CorrectedRecord, RunsRecord } from '../dna/records.js'
import { allocateRuns, runFinder } from '../dna/runs.js'

/** A corrected record with its attributed runs at each of several quantiles, in the order of these. */
export interface RunsAtEachRecord extends CorrectedRecord {
  readonly runsAt: readonly Pick<RunsRecord, 'runs' | 'runCount' | 'cut' | 'attributed' | 'positions'>[]
}

/** Attributed runs, as `selectRuns` finds them, at several quantiles: magnitudes are sorted once for all. */
export function selectRunsAtEach(options: {
  quantiles: readonly number[]
  buffer: number
}): Stage<CorrectedRecord, RunsAtEachRecord> {
  const { quantiles, buffer } = options
  return {
    name: 'select-runs-at-each',
    params: { quantiles: [...quantiles], buffer },
    connect(next) {
      const ladder = new MultiQuantileSelector(quantiles)
      const runsAt = quantiles.map(() => ({
        runs: allocateRuns(0),
        find: runFinder(buffer),
        runCount: 0,
        cut: Number.NaN,
        attributed: 0,
        positions: ladder.positions[0],
      }))
      return map => {
        const { corrected, dead, totals, record } = map
        const { length } = record.sequence
        if (!dead)
          ladder.select(corrected.squares, 0, length, totals.unknown, (totals.magnitude / length) ** 2)
        for (const [i, at] of runsAt.entries()) {
          if (at.runs.length < 2 * length) at.runs = allocateRuns(length)
          at.cut = dead ? Number.NaN : ladder.cuts[i]
          at.attributed = dead ? 0 : ladder.counts[i]
          at.positions = ladder.positions[i]
          at.runCount = dead ? 0 : at.find(ladder.positions[i], ladder.counts[i], length, at.runs)
        }
        next({ record, corrected, totals, dead, runsAt })
      }
    },
  }
}

/** The runs at one of the quantiles, by its number. */
export function runsAt(options: { number: number }): Stage<RunsAtEachRecord, RunsRecord> {
  const { number } = options
  return {
    name: 'runs-at',
    params: { number },
    connect:
      next =>
      ({ record, corrected, totals, dead, runsAt }) =>
        next({ record, corrected, totals, dead, ...runsAt[number] }),
  }
}
