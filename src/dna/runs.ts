/**
 * Attributed runs: maximal runs of consecutive positions whose squared magnitude is above `cut`, their 3' end extended
 * by `buffer` positions (clipped to the sequence), those that then overlap merged; runs that only touch stay apart.
 *
 * @param runs Gets starts and ends, half-open, in turn; at least L + 1 long.
 * @returns The number of runs.
 */
export function attributedRuns(
  squares: Float64Array,
  length: number,
  cut: number,
  buffer: number,
  runs: Int32Array,
): number {
  let count = 0
  let previousEnd = -1
  let i = 0
  while (i < length) {
    if (!(squares[i] > cut)) {
      i++
      continue
    }
    const start = i
    do i++
    while (i < length && squares[i] > cut)
    const end = Math.min(i + buffer, length)
    if (count > 0 && start < previousEnd) {
      runs[2 * count - 1] = end
    } else {
      runs[2 * count] = start
      runs[2 * count + 1] = end
      count++
    }
    previousEnd = end
  }
  return count
}
