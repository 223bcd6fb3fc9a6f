import { addressKeeper, integers, kernels } from '../kernels/kernels.js'

/** Room for the runs of a record of that many positions. */
export function allocateRuns(length: number): Int32Array {
  return integers(2 * length)
}

/**
 * The function that finds attributed runs: maximal runs of consecutive attributed positions, their 3' end extended by `buffer`
 * positions (clipped to the sequence), those that then overlap merged; runs that only touch stay apart. It returns how many
 * there are, of
 *
 * - `positions`: attributed positions, ascending; the first `count` of the array.
 * - `runs`: gets starts and ends, half-open, in turn; at least 2 · count long.
 */
export function runFinder(
  buffer: number,
): (positions: Int32Array, count: number, length: number, runs: Int32Array) => number {
  const addressOfPositions = addressKeeper()
  const addressOfRuns = addressKeeper()
  return (positions, count, length, runs) => {
    const from = addressOfPositions(positions)
    const to = addressOfRuns(runs)
    if (kernels !== undefined && from !== 0 && to !== 0) {
      return kernels.attributedRuns(from, count, length, buffer, to)
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
}
