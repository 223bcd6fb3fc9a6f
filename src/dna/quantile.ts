/**
 * Cuts: which values lie strictly above a quantile.
 *
 * With v the values in ascending order, the q-quantile with linear interpolation (NumPy's default) lies between v[j] and
 * v[j+1], j = floor(q (n - 1)). So at most those two decide, and selection does instead of sorting.
 */

/**
 * The largest of the values [start, end) that is not strictly above their q-quantile: a value passes the cut if and only
 * if it is greater than what this returns. NaN for no values.
 *
 * Values are squares: the quantile is taken of their square roots, as NumPy takes it of norms, and the comparison is
 * made between square roots, but only the two order statistics at the cut are ever rooted.
 *
 * @param scratch At least end - start long; overwritten.
 */
export function cutOfSquares(
  squares: Float64Array,
  start: number,
  end: number,
  q: number,
  scratch: Float64Array,
): number {
  const n = end - start
  if (n <= 0) return Number.NaN
  const place = (n - 1) * q
  const j = Math.floor(place)
  const t = place - j
  const above = n - 1 - j // how many rank above j
  const kept = gatherTop(squares, start, end, above + 1, scratch)
  const lower = selectAscending(scratch, kept, kept - 1 - above)
  if (above === 0) return lower
  let upper = Number.POSITIVE_INFINITY
  for (let i = kept - above; i < kept; i++) if (scratch[i] < upper) upper = scratch[i]
  const a = Math.sqrt(lower)
  const b = Math.sqrt(upper)
  const cut = t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t)
  return b > cut ? lower : largestOfRoot(upper, b)
}

const value = new Float64Array(1)
const valueBits = new BigUint64Array(value.buffer)

/** The largest double whose square root rounds to `root`, as that of `square` does: two to four of them do. */
function largestOfRoot(square: number, root: number): number {
  let largest = square
  value[0] = square
  for (;;) {
    valueBits[0]++
    if (Math.sqrt(value[0]) !== root) return largest
    largest = value[0]
  }
}

/** With fewer values than this a sample of them tells too little. */
const SAMPLED_FROM = 96
const SAMPLE = 48

/**
 * Copies into `scratch` a superset of the `wanted` largest values and returns how many were copied. A pivot from a
 * sample leaves out most of the rest; where it was too high everything is copied, so the answer never depends on luck.
 */
function gatherTop(
  values: Float64Array,
  start: number,
  end: number,
  wanted: number,
  scratch: Float64Array,
): number {
  const n = end - start
  if (n >= SAMPLED_FROM && wanted * 4 < n) {
    const step = n / SAMPLE
    for (let i = 0; i < SAMPLE; i++) scratch[i] = values[start + Math.floor(i * step)]
    // Two standard deviations of the sample's rank below the wanted fraction: too high in about 2 of 100 records.
    const share = wanted / n
    const rank = SAMPLE * share + 2 * Math.sqrt(SAMPLE * share * (1 - share)) + 1
    if (rank < SAMPLE) {
      const pivot = selectAscending(scratch, SAMPLE, SAMPLE - Math.ceil(rank))
      let kept = 0
      for (let i = start; i < end; i++) {
        const value = values[i]
        scratch[kept] = value
        kept += value >= pivot ? 1 : 0
      }
      if (kept >= wanted) return kept
    }
  }
  for (let i = 0; i < n; i++) scratch[i] = values[start + i]
  return n
}

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
