import { selectAscending } from '../../core/quickselect.js'

/** What a selection works in, and leaves: the positions found, ascending, first. */
export interface SelectionRoom {
  readonly positions: Int32Array
  /** Values at positions. */
  readonly candidates: Float64Array
  /** Candidates below the upper pivot, one more than there are positions. */
  readonly inside: Float64Array
}

export interface QuantileSelection {
  readonly count: number
  readonly cut: number
  /** The order statistic at the cut or below it. */
  readonly lower: number
}

/**
 * Leaves the positions of [start, end) whose root is above the cut: a share of the way between the roots of the two order
 * statistics with `wanted` and `wanted - 1` values from them upwards. The kernel of this name does the same; it runs
 * where kernels cannot.
 *
 * @param low Candidates are the values from here on; if they are too few, all that are not below 0.
 * @param high Candidates from here on are not compared with one another, unless the cut lies among them.
 */
export function selectAbove(
  values: Float64Array,
  start: number,
  end: number,
  wanted: number,
  share: number,
  low: number,
  high: number,
  { positions, candidates, inside }: SelectionRoom,
): QuantileSelection {
  const gather = (from: number): number => {
    let count = 0
    for (let i = start; i < end; i++) {
      positions[count] = i
      count += values[i] >= from ? 1 : 0
    }
    return count
  }
  let upperPivot = high
  let count = gather(low)
  if (count < wanted) {
    count = gather(0)
    upperPivot = Number.POSITIVE_INFINITY
  }
  let between = 0
  for (let i = 0; i < count; i++) {
    const value = values[positions[i]]
    candidates[i] = value
    inside[between] = value
    between += value < upperPivot ? 1 : 0
  }
  const rank = count - wanted
  if (rank >= between) {
    inside.set(candidates.subarray(0, count))
    between = count
    upperPivot = Number.POSITIVE_INFINITY
  }
  const lower = selectAscending(inside, between, rank)
  const upper =
    rank + 1 < between
      ? smallestFrom(inside, rank + 1, between, 0)
      : smallestFrom(candidates, 0, count, upperPivot)

  const a = Math.sqrt(lower)
  const b = Math.sqrt(upper)
  const cut = share === 0 ? a : share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share)
  // Where the cut is an order statistic itself, squares a little above it may have the same root, and are not above it.
  const isBetween = cut > a && cut < b
  let kept = 0
  for (let i = 0; i < count; i++) {
    positions[kept] = positions[i]
    kept += (isBetween ? candidates[i] >= upper : Math.sqrt(candidates[i]) > cut) ? 1 : 0
  }
  return { count: kept, cut, lower }
}

/** The smallest of the values [start, end) that are at least `limit`; Infinity for none. */
function smallestFrom(values: Float64Array, start: number, end: number, limit: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = start; i < end; i++) if (values[i] >= limit && values[i] < least) least = values[i]
  return least
}
