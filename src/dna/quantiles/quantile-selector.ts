import { addressOf, doubles, integers, kernels, tableAt } from '../../kernels/kernels.js'
import { type QuantileSelection, selectAbove } from './quantile-selection.js'
import type { Squares } from '../corrected-map.js'

/** The kernel writes positions four at a time. */
const AHEAD = 4

/** Doubles in which the kernel counts candidates by interval, before it needs the room for their values. */
const COUNTS = 40

/** For each set of four lanes, the bytes of those in it, moved to the front. */
const AT_LANES = tableAt(
  Uint8Array.from({ length: 16 * 16 }, (_, at) => {
    const lanes = [0, 1, 2, 3].filter(lane => (at >> 4) & (1 << lane))
    return 4 * (lanes[(at & 15) >> 2] ?? 0) + (at & 3)
  }),
)

/** What the kernel found: the cut, and the order statistic below it. */
const found = doubles(2)

const AT_FOUND = addressOf(found)

/**
 * Finds the positions whose length lies strictly above a quantile of lengths.
 *
 * With v the lengths in ascending order, the q-quantile with linear interpolation (NumPy's default) lies between v[j]
 * and v[j+1], j = floor(q (n - 1)), so these two decide, and selection does instead of sorting. Candidates for the top
 * are gathered by comparison with a pivot guessed from the records before; a guess too high is found out and made good,
 * so only the time depends on it. Nothing takes a branch at a position: at one in ten attributed it is guessed wrong often
 * enough to cost more than all the rest (8 ns a position, 0.5 ns so).
 */
export class QuantileSelector {
  /** Positions found by the last `select`, ascending. */
  positions = integers(0)
  /** The quantile that they exceed; NaN where no position had a length. */
  cut = Number.NaN
  private candidates = doubles(0)
  private inside = doubles(0)
  /** Where they lie for kernels; undefined where kernels cannot reach them. */
  private at: { positions: number; candidates: number; inside: number } | undefined
  /** Cut over scale of the records before, smoothed. */
  private ratio = 0
  /** How far below the guess the pivot is put, as a share of it. */
  private margin = 0.3

  /**
   * Positions in [start, end) whose square root is strictly above the q-quantile of the square roots there, positions
   * without a length left out. Roots are taken of the two order statistics at the cut and of the candidates only.
   *
   * @param missing How many of the positions have no length.
   * @param scale A length that grows with the values, to guess the cut from: their mean, say.
   * @returns How many there are; 0 where no position has a length.
   */
  select(squares: Squares, start: number, end: number, missing: number, q: number, scale: number): number {
    if (this.positions.length < end + AHEAD) this.allocate(end + AHEAD)
    const n = end - start - missing
    if (n <= 0) {
      this.cut = Number.NaN
      return 0
    }
    const place = (n - 1) * q
    const j = Math.floor(place)
    const wanted = n - j // v[j] and all above it
    const guess = this.ratio * scale
    const low = 2 * wanted < n ? guess * (1 - this.margin) : 0
    const { count, cut, lower } = this.selectBetween(
      squares,
      start,
      end,
      wanted,
      place - j,
      low,
      2 * guess - low,
    )
    this.cut = cut
    this.learn(lower, guess, scale)
    return count
  }

  private allocate(length: number): void {
    this.positions = integers(length)
    this.candidates = doubles(length)
    this.inside = doubles(Math.max(length, COUNTS))
    const at = {
      positions: addressOf(this.positions),
      candidates: addressOf(this.candidates),
      inside: addressOf(this.inside),
    }
    this.at = at.positions && at.candidates && at.inside ? at : undefined
  }

  private selectBetween(
    { values, address }: Squares,
    start: number,
    end: number,
    wanted: number,
    share: number,
    low: number,
    high: number,
  ): QuantileSelection {
    const { positions, candidates, inside, at } = this
    if (kernels === undefined || at === undefined || address === 0) {
      return selectAbove(values, start, end, wanted, share, low, high, { positions, candidates, inside })
    }
    const count = kernels.selectAbove(
      address,
      start,
      end,
      wanted,
      share,
      low,
      high,
      AT_LANES,
      at.positions,
      at.candidates,
      at.inside,
      AT_FOUND,
    )
    return { count, cut: found[0], lower: found[1] }
  }

  /** Guesses follow the records: their middle by a mean over the last few, their margin by four mean deviations. */
  private learn(lower: number, guess: number, scale: number): void {
    if (!(scale > 0)) return
    const ratio = lower / scale
    this.ratio = guess > 0 ? 0.75 * this.ratio + 0.25 * ratio : ratio
    const off = guess > 0 ? Math.min(0.2, Math.abs(lower / guess - 1)) : 0.1
    this.margin = 0.9 * this.margin + 0.1 * (4 * off + 0.01)
  }
}
