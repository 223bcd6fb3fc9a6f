import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../dna/groups.js'
import { cellCount, cellFinder, type GridOptions, weigher } from '../dna/points.js'
import type { PointsRecord } from '../dna/records.js'
import { Counts } from '../stats/counts.js'
import { ExactSums } from '../stats/exact-sums.js'

export interface AngularGrid {
  /** Summed weight of every cell. */
  readonly weights: Float64Array
  readonly points: number
  /** (sum w)^2 / sum w^2: how many points of equal weight would tell as much. 0 where there are none. */
  readonly effectivePoints: number
  /** Weight by group of records: cell c of group g is number g · cells + c. */
  readonly groups: ExactSums
}

export interface AngularGridState {
  readonly weights: ExactSums
  /** Sums of squared weights, a cell a group. */
  readonly squares: ExactSums
  readonly points: Counts
}

/** The angular histogram: each window whose squared sum is above the record's cut adds radius^weight to its cell. */
export function angularGrid(options: GridOptions): Accumulator<PointsRecord, AngularGridState, AngularGrid> {
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  return {
    name: 'angular-grid',
    params: { grid: options.grid, weight: options.weight },
    ...gridState(cells),
    add(state, map) {
      const { start, end, cut, scale } = map
      const { x, y, z, squares } = map.windows
      const group = groupOf(map.record.idHash)
      const base = group * cells
      let points = 0
      for (let i = start; i < end; i++) {
        const square = squares[i]
        if (!(square > cut)) continue
        const r = Math.sqrt(square)
        const weight = weightOf(r * scale)
        state.weights.add(base + cellOf(x[i], y[i], z[i], r), weight)
        state.squares.add(group, weight * weight)
        points++
      }
      if (points > 0) state.points.add(group, 0, points)
    },
  }
}

/** All of a grid accumulator but `add`. */
export function gridState(cells: number) {
  return {
    empty: (): AngularGridState => ({
      weights: new ExactSums(GROUPS * cells),
      squares: new ExactSums(GROUPS),
      points: new Counts(GROUPS, 1),
    }),
    merge(into: AngularGridState, from: AngularGridState) {
      into.weights.merge(from.weights)
      into.squares.merge(from.squares)
      into.points.merge(from.points)
    },
    result: (state: AngularGridState): AngularGrid => ({
      weights: state.weights.fold(cells).values(),
      points: state.points.sum()[0],
      effectivePoints: effectivePoints(state.weights.fold(1).values()[0], state.squares.fold(1).values()[0]),
      groups: state.weights,
    }),
    save: (state: AngularGridState) =>
      joinArrays([
        ['weights', state.weights.save()],
        ['squares', state.squares.save()],
        ['points', state.points.save()],
      ]),
    load: (arrays: Parameters<typeof arraysOf>[1]): AngularGridState => ({
      weights: ExactSums.load(arraysOf('weights', arrays), GROUPS * cells),
      squares: ExactSums.load(arraysOf('squares', arrays), GROUPS),
      points: Counts.load(arraysOf('points', arrays), GROUPS, 1),
    }),
  }
}

function effectivePoints(sum: number, squares: number): number {
  return squares > 0 ? (sum * sum) / squares : 0
}
