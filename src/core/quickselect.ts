/**
 * The value of ascending rank `rank` among the first n of `values`, which it reorders so that no value before `rank` is
 * larger and no value after it smaller (Hoare's selection, median of three).
 */
export function selectAscending(values: Float64Array, n: number, rank: number): number {
  let low = 0
  let high = n - 1
  while (high > low) {
    const middle = (low + high) >>> 1
    const a = values[low]
    const b = values[middle]
    const c = values[high]
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b
    let i = low
    let j = high
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i <= j) {
        const swap = values[i]
        values[i] = values[j]
        values[j] = swap
        i++
        j--
      }
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank]
}
