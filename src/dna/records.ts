import type { AttributionRecord } from '../core/types.js'
import type { CorrectedArrays, CorrectedTotals } from './corrected-map.js'
import type { WindowArrays } from './windows.js'

/** A record with its corrected map. The arrays are the stage's own and longer than L: positions are [0, L). */
export interface CorrectedRecord {
  readonly record: AttributionRecord
  readonly corrected: CorrectedArrays
  readonly totals: Readonly<CorrectedTotals>
  /** No position has a magnitude above 0. */
  readonly dead: boolean
}

/** A corrected record with its attributed runs: run j is the half-open span [runs[2j], runs[2j+1]). */
export interface RunsRecord extends CorrectedRecord {
  readonly runs: Int32Array
  readonly runCount: number
}

/** A corrected record with its windows, of which those in [start, end) with squares >= 0 exist. */
export interface WindowsRecord extends CorrectedRecord {
  readonly windows: WindowArrays
  readonly start: number
  readonly end: number
  /** How many windows exist. */
  readonly count: number
  /** A window's radius is scale · sqrt(squares): normalisation of the map, and mean or sum over the window. */
  readonly scale: number
}

/** A record with windows of which those with squares above `cut` are points of the angular distribution. */
export interface PointsRecord extends WindowsRecord {
  /** In the unit of `squares`; NaN where there are no windows. */
  readonly cut: number
}
