import { highWord, wordsOf } from './words.js'

/** Squared lengths by position, -1 where a position has none, with their words beside them. */
export interface Squares {
  readonly values: Float64Array
  readonly words: Int32Array
}

export function allocateSquares(length: number): Squares {
  const values = new Float64Array(length)
  return { values, words: wordsOf(values) }
}

/**
 * Finds the positions whose length lies strictly above a quantile of lengths.
 *
 * With v the lengths in ascending order, the q-quantile with linear interpolation (NumPy's default) lies between v[j]
 * and v[j+1], j = floor(q (n - 1)), so these two decide, and selection does instead of sorting. Candidates for the top
 * are gathered by comparison with a pivot guessed from the records before; a guess too high is found out and made good,
 * so only the time depends on it. Gathering compares high words, which takes no branch: at one position in ten attributed
 * a branch is guessed wrong often enough to cost more than all the rest (8 ns a position before, 2 ns so).
 */
export class Selector {
  /** Positions found by the last `select`, ascending. */
  positions = new Int32Array(0)
  private values = new Float64Array(0)
  /** Cut over scale of the records before, smoothed. */
  private ratio = 0

  /**
   * Positions in [start, end) whose square root is strictly above the q-quantile of the square roots there, positions
   * without a length left out. Roots are taken of the two order statistics at the cut only.
   *
   * @param missing How many of the positions have no length.
   * @param scale A length that grows with the values, to guess the cut from: their mean, say.
   * @returns How many there are; 0 where no position has a length.
   */
  select(squares: Squares, start: number, end: number, missing: number, q: number, scale: number): number {
    if (this.positions.length < end) {
      this.positions = new Int32Array(end)
      this.values = new Float64Array(end)
    }
    const n = end - start - missing
    if (n <= 0) return 0
    const place = (n - 1) * q
    const j = Math.floor(place)
    const t = place - j
    const above = n - 1 - j
    const wanted = above + 1
    let gathered = -1
    if (missing > 0) gathered = this.gatherPresent(squares.values, start, end)
    else if (2 * wanted < n) {
      const guess = this.ratio * scale * (1 - 2 / Math.sqrt(wanted + 4))
      gathered = this.gather(squares, start, end, highWord(guess))
    }
    if (gathered < wanted) gathered = this.gather(squares, start, end, 0)

    const { values, positions } = this
    const source = squares.values
    for (let i = 0; i < gathered; i++) values[i] = source[positions[i]]
    const lower = selectAscending(values, gathered, gathered - wanted)
    let cut = Math.sqrt(lower)
    if (t > 0) {
      let upper = Number.POSITIVE_INFINITY
      for (let i = gathered - above; i < gathered; i++) if (values[i] < upper) upper = values[i]
      const step = Math.sqrt(upper) - cut
      cut = t < 0.5 ? cut + step * t : Math.sqrt(upper) - step * (1 - t)
    }
    if (scale > 0) this.ratio = this.ratio === 0 ? lower / scale : 0.75 * this.ratio + 0.25 * (lower / scale)

    let count = 0
    for (let i = 0; i < gathered; i++) {
      const position = positions[i]
      if (Math.sqrt(source[position]) > cut) positions[count++] = position
    }
    return count
  }

  /** Notes positions of values whose high word is at least `pivot`. */
  private gather({ words }: Squares, start: number, end: number, pivot: number): number {
    const { positions } = this
    const below = pivot - 1
    let count = 0
    for (let i = start; i < end; i++) {
      positions[count] = i
      count += (below - words[2 * i + 1]) >>> 31
    }
    return count
  }

  private gatherPresent(values: Float64Array, start: number, end: number): number {
    let count = 0
    for (let i = start; i < end; i++) if (values[i] >= 0) this.positions[count++] = i
    return count
  }
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
