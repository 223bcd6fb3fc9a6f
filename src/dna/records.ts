import type { AttributionRecord } from '../core/types.js'
import type { CorrectedArrays, CorrectedTotals, Squares } from './corrected-map.js'
import type { WindowShape } from './windows.js'

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
  /** The magnitude that attributed positions exceed; NaN for a dead map. */
  readonly cut: number
  /** How many positions exceed it. */
  readonly attributed: number
  /** Those positions, ascending: the first `attributed` of the array. */
  readonly positions: Int32Array
}

/** A corrected record, not dead, with the squared lengths of its windows' sums. */
export interface WindowsRecord extends CorrectedRecord {
  readonly shape: WindowShape
  /** By position, for those in [start, end); -1 where a window does not exist. */
  readonly squares: Squares
  readonly start: number
  readonly end: number
  /** How many windows of [start, end) do not exist. */
  readonly missing: number
  /** A window's radius is scale · sqrt(squares): normalisation of the map, and mean or sum over the window. */
  readonly scale: number
}

/** A record with the windows that are points of the angular distribution. */
export interface PointsRecord extends WindowsRecord {
  /** Positions of the points' windows, ascending: the first `pointCount` of the array. */
  readonly points: Int32Array
  readonly pointCount: number
}
