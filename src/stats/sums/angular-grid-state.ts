import { arraysOf, joinArrays } from '../../core/arrays.js'
import type { Arrays } from '../../core/types.js'
import { Counts } from './counts.js'
import { ExactSums } from './exact-sums.js'
import { WeightBuffer } from './weight-buffer.js'

export interface AngularGrid {
  /** Summed weight of every cell. */
  readonly weights: Float64Array
  readonly points: number
  /** (sum w)^2 / sum w^2: how many points of equal weight would tell as much. 0 where there are none. */
  readonly effectivePoints: number
  /** Weight by group of records: cell c of group g is number g · cells + c. */
  readonly groups: ExactSums
  /** Sum of squared weights of each group. */
  readonly groupSquares: ExactSums
}

export interface AngularGridState {
  readonly weights: ExactSums
  /** Weights not yet added to them. */
  readonly waiting: WeightBuffer
  /** Sums of squared weights, a cell a group. */
  readonly squares: ExactSums
  readonly points: Counts
}

/** Adds a point, or several alike: `place` is group · cells + cell. */
export function putPoint(
  state: AngularGridState,
  place: number,
  group: number,
  weight: number,
  times: number,
): void {
  for (let i = 0; i < times; i++) {
    state.weights.add(place, weight)
    state.squares.add(group, weight * weight)
  }
  state.points.add(group, 0, times)
}

/** All of a grid accumulator but `add`: sums over `cells` cells in each of `groups` groups of records. */
export function gridState(groups: number, cells: number) {
  const stateOf = (weights: ExactSums, squares: ExactSums, points: Counts): AngularGridState => ({
    weights,
    waiting: new WeightBuffer(groups, weights),
    squares,
    points,
  })
  return {
    empty: () => stateOf(new ExactSums(groups * cells), new ExactSums(groups), new Counts(groups, 1)),
    merge(into: AngularGridState, from: AngularGridState) {
      from.waiting.flush()
      into.weights.merge(from.weights)
      into.squares.merge(from.squares)
      into.points.merge(from.points)
    },
    result(state: AngularGridState): AngularGrid {
      state.waiting.flush()
      const weights = state.weights.fold(cells)
      return {
        weights: weights.values(),
        points: state.points.sum()[0],
        effectivePoints: effectivePoints(weights.fold(1).values()[0], state.squares.fold(1).values()[0]),
        groups: state.weights,
        groupSquares: state.squares,
      }
    },
    save(state: AngularGridState): Arrays {
      state.waiting.flush()
      return joinArrays([
        ['weights', state.weights.save()],
        ['squares', state.squares.save()],
        ['points', state.points.save()],
      ])
    },
    load: (arrays: Arrays) =>
      stateOf(
        ExactSums.load(arraysOf('weights', arrays), groups * cells),
        ExactSums.load(arraysOf('squares', arrays), groups),
        Counts.load(arraysOf('points', arrays), groups, 1),
      ),
  }
}

/** (sum w)^2 / sum w^2, 0 for none. */
export function effectivePoints(sum: number, squares: number): number {
  return squares > 0 ? (sum * sum) / squares : 0
}
