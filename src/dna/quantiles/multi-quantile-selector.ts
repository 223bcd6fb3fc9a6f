import { QuantileSelector } from './quantile-selector.js'
import type { Squares } from '../corrected-map.js'

/**
 * Finds for several quantiles at once the positions whose length lies strictly above each: what `QuantileSelector` finds for
 * each by itself. The positions above the lowest are selected, their lengths sorted, and the others are read off them.
 */
export class MultiQuantileSelector {
  /** Positions above each quantile, in the order given, ascending; the first of `counts` of each array. */
  readonly positions: Int32Array[]
  readonly counts: Int32Array
  /** The cuts: roots of the lengths at the quantiles; NaN where no position has a length. */
  readonly cuts: Float64Array
  private readonly lowest: number
  private readonly selector = new QuantileSelector()
  /** Of quantiles that the positions above the lowest do not decide, as where many lengths are equal. */
  private readonly alone: QuantileSelector[]
  private sorted = new Float64Array(0)

  constructor(private readonly quantiles: readonly number[]) {
    this.positions = quantiles.map(() => new Int32Array(0))
    this.counts = new Int32Array(quantiles.length)
    this.cuts = new Float64Array(quantiles.length)
    this.lowest = quantiles.indexOf(Math.min(...quantiles))
    this.alone = quantiles.map(() => new QuantileSelector())
  }

  /** Like `QuantileSelector.select`, for all quantiles. */
  select(squares: Squares, start: number, end: number, missing: number, scale: number): void {
    const { quantiles, selector } = this
    const n = end - start - missing
    const gathered = selector.select(squares, start, end, missing, quantiles[this.lowest], scale)
    if (this.sorted.length < end) {
      this.sorted = new Float64Array(end)
      for (let i = 0; i < quantiles.length; i++) this.positions[i] = new Int32Array(end)
    }
    const { sorted } = this
    for (let i = 0; i < gathered; i++) sorted[i] = squares.values[selector.positions[i]]
    sorted.subarray(0, gathered).sort()
    for (let i = 0; i < quantiles.length; i++) {
      if (i === this.lowest) {
        this.keep(i, selector, gathered)
        continue
      }
      const place = (n - 1) * quantiles[i]
      const j = Math.floor(place)
      const rank = j - (n - gathered)
      if (rank < 0) {
        const alone = this.alone[i]
        const count = alone.select(squares, start, end, missing, quantiles[i], scale)
        this.keep(i, alone, count)
      } else {
        const t = place - j
        const a = Math.sqrt(sorted[rank])
        const b = t === 0 ? a : Math.sqrt(sorted[rank + 1])
        this.keepAbove(i, squares.values, gathered, t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t))
      }
    }
  }

  private keep(i: number, { positions, cut }: QuantileSelector, count: number): void {
    this.positions[i].set(positions.subarray(0, count))
    this.counts[i] = count
    this.cuts[i] = cut
  }

  private keepAbove(i: number, values: Float64Array, gathered: number, cut: number): void {
    const into = this.positions[i]
    const from = this.selector.positions
    let count = 0
    for (let j = 0; j < gathered; j++) {
      const position = from[j]
      if (Math.sqrt(values[position]) > cut) into[count++] = position
    }
    this.counts[i] = count
    this.cuts[i] = cut
  }
}
