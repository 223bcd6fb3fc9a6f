/** Counts from here on are rare enough for logarithms of their own. */
const FEW = 1024
/** Factors of a product: shares of counts below 2^53 make ratios from 1e-14 to 1e16, of which eight are far from overflow. */
const FACTORS = 8

/**
 * Sums over cells of n · ln((e + a) / (all + a)), for several a at a time: n the count of a cell, e and all what is expected
 * for it and for all of them. Cells of equal counts multiply their ratios and share a logarithm.
 */
export class SumsOfLogs {
  private readonly weights: Float64Array
  private readonly sums: Float64Array
  /** 1 / (all + a). */
  private readonly inverses: Float64Array
  /** Product of the ratios of a count n: [n · weights + i], number of factors: [n]. */
  private readonly products: Float64Array
  private readonly factors = new Uint8Array(FEW)
  private most = 0

  /** @param weights a, each above 0. */
  constructor(weights: readonly number[]) {
    this.weights = Float64Array.from(weights)
    this.sums = new Float64Array(weights.length)
    this.inverses = new Float64Array(weights.length)
    this.products = new Float64Array(FEW * weights.length).fill(1)
  }

  /**
   * The sums of a part's counts, expected from the counts of the others and the prior: e = (total - part) / prior. In the
   * order of the weights; used before the next call.
   *
   * @param sum Sum of the total.
   */
  of(part: ArrayLike<number>, total: ArrayLike<number>, prior: ArrayLike<number>, sum: number): Float64Array {
    let all = sum
    for (let x = 0; x < part.length; x++) all -= part[x]
    this.sums.fill(0)
    for (let i = 0; i < this.weights.length; i++) this.inverses[i] = 1 / (all + this.weights[i])
    for (let x = 0; x < part.length; x++) {
      if (part[x] > 0) this.add(part[x], (total[x] - part[x]) / prior[x])
    }
    for (let count = 1; count <= this.most; count++) if (this.factors[count] > 0) this.addLog(count)
    this.most = 0
    return this.sums
  }

  private add(count: number, expected: number): void {
    const { weights, inverses } = this
    if (count >= FEW) {
      for (let i = 0; i < weights.length; i++) {
        this.sums[i] += count * Math.log((expected + weights[i]) * inverses[i])
      }
      return
    }
    const { products } = this
    const at = count * weights.length
    for (let i = 0; i < weights.length; i++) products[at + i] *= (expected + weights[i]) * inverses[i]
    if (count > this.most) this.most = count
    if (++this.factors[count] === FACTORS) this.addLog(count)
  }

  private addLog(count: number): void {
    const { sums, products } = this
    const at = count * sums.length
    for (let i = 0; i < sums.length; i++) {
      sums[i] += count * Math.log(products[at + i])
      products[at + i] = 1
    }
    this.factors[count] = 0
  }
}

/** Counts with a table; those of words seldom pass it. */
const KNOWN = 4096

const TIMES_LOG = new Float64Array(KNOWN)
for (let n = 1; n < KNOWN; n++) TIMES_LOG[n] = n * Math.log(n)

/** n ln n of a whole number, 0 for 0. */
export function timesLog(n: number): number {
  return n < KNOWN ? TIMES_LOG[n] : n * Math.log(n)
}
