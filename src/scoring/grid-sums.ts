import type { AngularSums } from './angular-consistency.js'
import type { GridStatistics } from './population-statistics.js'

/** The sums of a grid by group; undefined where they are not kept. */
export function angularSums({ groups, groupSquares }: GridStatistics): AngularSums | undefined {
  return groups && groupSquares && { weights: groups.values(), squares: groupSquares.values() }
}
