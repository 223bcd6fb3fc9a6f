import { doubles, holdBytes, integers, isReached, type Kernels, kernels } from '../kernels/kernels.js'
import { highWord, wordsOf } from './words.js'

/** Squared lengths by position, -1 where a position has none, with their words beside them. */
export interface Squares {
  readonly values: Float64Array
  readonly words: Int32Array
  /** Whether kernels can reach the values. */
  readonly isReached: boolean
}

export function allocateSquares(length: number): Squares {
  const values = doubles((length + 3) & ~3)
  return { values, words: wordsOf(values), isReached: isReached(values) }
}

/** Positions are written four at a time. */
const AHEAD = 4

/** For each set of four lanes, the bytes of those in it, moved to the front. */
const LANES = holdBytes(
  Uint8Array.from({ length: 16 * 16 }, (_, at) => {
    const lanes = [0, 1, 2, 3].filter(lane => (at >> 4) & (1 << lane))
    return 4 * (lanes[(at & 15) >> 2] ?? 0) + (at & 3)
  }),
)

/** What the kernel found: the cut, and the order statistic below it. */
const found = doubles(2)

/** Below this, the least normal double, high words are no measure of how near two values are. */
const LEAST_PIVOT = 2 ** -1022

/** Buckets of candidates, of which half or more lie around the cut; with 300 candidates the one at the cut holds four. */
const BUCKET_BITS = 7
const BUCKETS = 2 ** BUCKET_BITS

/**
 * Finds the positions whose length lies strictly above a quantile of lengths.
 *
 * With v the lengths in ascending order, the q-quantile with linear interpolation (NumPy's default) lies between v[j]
 * and v[j+1], j = floor(q (n - 1)), so these two decide, and selection does instead of sorting. Candidates for the top
 * are gathered by comparison with a pivot guessed from the records before; a guess too high is found out and made good,
 * so only the time depends on it. Gathering compares high words, which takes no branch: at one position in ten attributed
 * a branch is guessed wrong often enough to cost more than all the rest (8 ns a position before, 2 ns so; the kernel, four
 * positions at a time and without buckets, 0.5 ns).
 */
export class Selector {
  /** Positions found by the last `select`, ascending. */
  positions = integers(0)
  /** The quantile that they exceed; NaN where no position had a length. */
  cut = Number.NaN
  private values = doubles(0)
  private inside = doubles(0)
  private isReached = false
  private buckets = new Uint8Array(0)
  private readonly counts = new Int32Array(BUCKETS)
  /** Cut over scale of the records before, smoothed. */
  private ratio = 0
  /** How far below the guess the pivot is put, as a share of it. */
  private margin = 0.3
  /** The two order statistics at the cut. */
  private lower = 0
  private upper = 0

  /**
   * Positions in [start, end) whose square root is strictly above the q-quantile of the square roots there, positions
   * without a length left out. Roots are taken of the two order statistics at the cut and of the candidates only.
   *
   * @param missing How many of the positions have no length.
   * @param scale A length that grows with the values, to guess the cut from: their mean, say.
   * @returns How many there are; 0 where no position has a length.
   */
  select(squares: Squares, start: number, end: number, missing: number, q: number, scale: number): number {
    if (this.positions.length < end + AHEAD) this.allocate(end)
    const n = end - start - missing
    if (n <= 0) {
      this.cut = Number.NaN
      return 0
    }
    const place = (n - 1) * q
    const j = Math.floor(place)
    const t = place - j
    const wanted = n - j // v[j] and all above it
    const source = squares.values

    const guess = this.ratio * scale
    const pivot = 2 * wanted < n ? guess * (1 - this.margin) : 0
    if (kernels !== undefined && this.isReached && squares.isReached) {
      const count = this.selectByKernel(kernels, source, start, end, wanted, t, pivot, 2 * guess - pivot)
      this.learn(guess, scale)
      return count
    }
    // High words of -1, which has no length, do not compare.
    let gathered = missing === 0 && pivot >= LEAST_PIVOT ? this.gather(squares, start, end, pivot) : 0
    let bucket = -1
    if (gathered >= wanted) {
      bucket = this.orderByBuckets(squares, gathered, gathered - wanted, pivot, 2 * guess - pivot)
    } else {
      gathered = this.gatherAll(source, start, end)
      this.fetch(source, gathered)
      this.orderAll(gathered, gathered - wanted)
    }

    this.learn(guess, scale)
    return this.keepAbove(source, gathered, t, bucket)
  }

  private allocate(end: number): void {
    this.positions = integers(end + AHEAD)
    this.values = doubles(end + AHEAD)
    this.inside = doubles(end + AHEAD)
    this.isReached = isReached(this.positions) && isReached(this.values) && isReached(this.inside)
    this.buckets = new Uint8Array(end)
  }

  private selectByKernel(
    kernels: Kernels,
    squares: Float64Array,
    start: number,
    end: number,
    wanted: number,
    share: number,
    low: number,
    high: number,
  ): number {
    const count = kernels.selectAbove(
      squares.byteOffset,
      start,
      end,
      wanted,
      share,
      low,
      high,
      LANES.byteOffset,
      this.positions.byteOffset,
      this.values.byteOffset,
      this.inside.byteOffset,
      found.byteOffset,
    )
    this.cut = found[0]
    this.lower = found[1]
    return count
  }

  /**
   * Takes from the candidates those above the cut, a share t of the way between the two order statistics.
   *
   * @param bucket The bucket of the lower one; -1 where candidates are not in buckets.
   */
  private keepAbove(source: Float64Array, gathered: number, t: number, bucket: number): number {
    const { positions, buckets, lower, upper } = this
    const a = Math.sqrt(lower)
    const b = Math.sqrt(upper)
    const cut = t === 0 ? a : t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t)
    this.cut = cut
    let count = 0
    if (cut > a && cut < b && bucket >= 0) {
      for (let i = 0; i < gathered; i++) {
        const position = positions[i]
        positions[count] = position
        if (buckets[i] !== bucket) count += (bucket - buckets[i]) >>> 31
        else if (source[position] >= upper) count++
      }
    } else if (cut > a && cut < b) {
      for (let i = 0; i < gathered; i++) {
        const position = positions[i]
        positions[count] = position
        count += source[position] >= upper ? 1 : 0
      }
    } else {
      // The cut is an order statistic itself: squares a little above it may have the same root, and are not above it.
      for (let i = 0; i < gathered; i++) {
        const position = positions[i]
        if (Math.sqrt(source[position]) > cut) positions[count++] = position
      }
    }
    return count
  }

  /** Guesses follow the records: their middle by a mean over the last few, their margin by four mean deviations. */
  private learn(guess: number, scale: number): void {
    if (!(scale > 0)) return
    const ratio = this.lower / scale
    this.ratio = guess > 0 ? 0.75 * this.ratio + 0.25 * ratio : ratio
    const off = guess > 0 ? Math.min(0.2, Math.abs(this.lower / guess - 1)) : 0.1
    this.margin = 0.9 * this.margin + 0.1 * (4 * off + 0.01)
  }

  /** Values of the positions gathered. */
  private fetch(source: Float64Array, gathered: number): void {
    const { values, positions } = this
    for (let i = 0; i < gathered; i++) values[i] = source[positions[i]]
  }

  /** Finds the values of ascending rank `rank` and `rank + 1` among the first n. */
  private orderAll(n: number, rank: number): void {
    const { values } = this
    this.lower = selectAscending(values, n, rank)
    this.upper = smallest(values, rank + 1, n)
  }

  /**
   * The same, where the value of rank `rank` is expected midway between `low` and `high`, and of the squares at all
   * positions gathered. Candidates are counted in buckets of high words, whose number takes no branch, the last one open,
   * and only the values of one bucket are compared. A selection takes 2.3 ns a position so; 3.7 ns with buckets of values,
   * whose number took a branch. Returns the bucket at the cut.
   */
  private orderByBuckets(
    { values: source, words }: Squares,
    n: number,
    rank: number,
    low: number,
    high: number,
  ): number {
    const { values, positions, buckets, counts } = this
    const first = highWord(low)
    const shift = Math.max(0, 32 - Math.clz32(highWord(high) - first) - BUCKET_BITS)
    counts.fill(0)
    for (let i = 0; i < n; i++) {
      const open = (words[2 * positions[i] + 1] - first) >> shift
      const bucket = (open | ((BUCKETS - 1 - open) >> 31)) & (BUCKETS - 1)
      buckets[i] = bucket
      counts[bucket]++
    }
    let bucket = 0
    let left = rank
    while (left >= counts[bucket]) left -= counts[bucket++]
    let inside = 0
    for (let i = 0; i < n; i++) if (buckets[i] === bucket) values[inside++] = source[positions[i]]
    this.lower = selectAscending(values, inside, left)
    if (left + 1 < inside || rank + 1 === n) {
      this.upper = smallest(values, left + 1, inside)
      return bucket
    }
    let next = bucket + 1
    while (counts[next] === 0) next++
    let upper = Number.POSITIVE_INFINITY
    for (let i = 0; i < n; i++) {
      if (buckets[i] === next) upper = Math.min(upper, source[positions[i]])
    }
    this.upper = upper
    return bucket
  }

  /** Notes positions of values that are at least `pivot`, or so near below it that their high words are equal. */
  private gather({ words }: Squares, start: number, end: number, pivot: number): number {
    const { positions } = this
    const below = highWord(pivot) - 1
    let count = 0
    let i = start
    for (let p = 2 * start + 1; i < end - 3; i += 4, p += 8) {
      const second = count + ((below - words[p]) >>> 31)
      const third = second + ((below - words[p + 2]) >>> 31)
      const fourth = third + ((below - words[p + 4]) >>> 31)
      positions[count] = i
      positions[second] = i + 1
      positions[third] = i + 2
      positions[fourth] = i + 3
      count = fourth + ((below - words[p + 6]) >>> 31)
    }
    for (; i < end; i++) {
      positions[count] = i
      count += (below - words[2 * i + 1]) >>> 31
    }
    return count
  }

  /** Notes all positions that have a length. */
  private gatherAll(values: Float64Array, start: number, end: number): number {
    const { positions } = this
    let count = 0
    for (let i = start; i < end; i++) if (values[i] >= 0) positions[count++] = i
    return count
  }
}

/** The smallest of the values [start, end); Infinity for none. */
function smallest(values: Float64Array, start: number, end: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = start; i < end; i++) if (values[i] < least) least = values[i]
  return least
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
