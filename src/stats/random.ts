/** A source of whole numbers in [0, 2^32), all equally likely. */
export type Random = () => number

/**
 * The generator sfc32, seeded by one number, which is stirred in by twelve steps. Period about 2^127, at least 2^32.
 *
 * Source: C. Doty-Humphrey, PractRand (public domain).
 */
export function sfc32(seed: number): Random {
  let a = seed | 0
  let b = 0x9e3779b9 | 0
  let c = 0x243f6a88 | 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** A number whose sign is read from its high word. */
const difference = new Float64Array(1)
const words = new Int32Array(difference.buffer)

/**
 * Draws cell numbers with chances in proportion to weights, in constant time each; a cell of weight 0 is never drawn.
 *
 * Source: the alias method; M. D. Vose, IEEE Trans. Software Eng. 17 (1991).
 */
export class Alias {
  private readonly shares: Float64Array
  private readonly others: Uint32Array
  /** Cells for each of the numbers of a generator: a power of two, so that no product is rounded. */
  private readonly scale: number

  /** @param weights Numbers >= 0, not all 0; 2^32 / their count must be whole. */
  constructor(weights: ArrayLike<number>) {
    const cells = weights.length
    this.scale = cells / 2 ** 32
    this.shares = new Float64Array(cells)
    this.others = new Uint32Array(cells)
    let sum = 0
    let heaviest = 0
    for (let i = 0; i < cells; i++) {
      sum += weights[i]
      if (weights[i] > weights[heaviest]) heaviest = i
    }
    this.others.fill(heaviest)
    const left = Float64Array.from({ length: cells }, (_, i) => (weights[i] / sum) * cells)
    const small: number[] = []
    const large: number[] = []
    for (let i = 0; i < cells; i++) (left[i] < 1 ? small : large).push(i)
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() as number
      const high = large[large.length - 1]
      this.shares[low] = left[low] * 2 ** 32
      this.others[low] = high
      left[high] -= 1 - left[low]
      if (left[high] < 1) small.push(large.pop() as number)
    }
    // What is left over is full, but for rounding.
    for (const i of large) this.shares[i] = 2 ** 32
    for (const i of small) this.shares[i] = weights[i] > 0 ? 2 ** 32 : 0
  }

  /** The choice takes no branch, which would be guessed wrong every other time: 19 ns a draw with one, 11 ns so. */
  draw(random: Random): number {
    const cell = (random() * this.scale) | 0
    difference[0] = random() - this.shares[cell]
    const own = words[1] >>> 31
    return own * cell + (1 - own) * this.others[cell]
  }
}
