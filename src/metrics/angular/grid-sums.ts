import type { AngularSums } from './estimates.js'
import type { GridStatistics } from '../statistics.js'

/** The sums of a grid by group; undefined where they are not kept. */
export function angularSums({ groups, groupSquares }: GridStatistics): AngularSums | undefined {
  return groups && groupSquares && { weights: groups.values(), squares: groupSquares.values() }
}
