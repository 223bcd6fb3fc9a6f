import { integers, isReached, kernels } from '../kernels/kernels.js'

/** Room for the runs of a record of that many positions. */
export function allocateRuns(length: number): Int32Array {
  return integers(2 * length)
}

/**
 * Attributed runs: maximal runs of consecutive attributed positions, their 3' end extended by `buffer` positions
 * (clipped to the sequence), those that then overlap merged; runs that only touch stay apart.
 *
 * @param positions Attributed positions, ascending; the first `count` of the array.
 * @param runs Gets starts and ends, half-open, in turn; at least 2 · count long.
 * @returns The number of runs.
 */
export function attributedRuns(
  positions: Int32Array,
  count: number,
  length: number,
  buffer: number,
  runs: Int32Array,
): number {
  if (kernels !== undefined && isReached(positions) && isReached(runs)) {
    return kernels.attributedRuns(positions.byteOffset, count, length, buffer, runs.byteOffset)
  }
  let found = 0
  let i = 0
  while (i < count) {
    const start = positions[i]
    let last = start
    i++
    while (i < count && positions[i] === last + 1) {
      last++
      i++
    }
    const end = Math.min(last + 1 + buffer, length)
    if (found > 0 && start < runs[2 * found - 1]) {
      runs[2 * found - 1] = end
    } else {
      runs[2 * found] = start
      runs[2 * found + 1] = end
      found++
    }
  }
  return found
}
