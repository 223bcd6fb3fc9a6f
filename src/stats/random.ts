import { integers } from '../kernels/kernels.js'

/** A source of whole numbers in [0, 2^32), all equally likely. */
export type Random = () => number

/** What sfc32 starts from in addition to its seed, and steps that stir it in. */
const SFC_B = 0x9e3779b9 | 0
const SFC_C = 0x243f6a88 | 0
const STIRRING = 12

/**
 * The generator sfc32, seeded by one number, which is stirred in by twelve steps. Period about 2^127, at least 2^32.
 *
 * Source: C. Doty-Humphrey, PractRand (public domain).
 */
export function sfc32(seed: number): Random {
  let a = seed | 0
  let b = SFC_B
  let c = SFC_C
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < STIRRING; i++) next()
  return next
}

/**
 * Draws cell numbers with chances in proportion to weights, in constant time each; a cell of weight 0 is never drawn.
 *
 * Source: the alias method; M. D. Vose, IEEE Trans. Software Eng. 17 (1991).
 */
export class Alias {
  /** [2 · cell]: numbers of a generator below this choose the cell itself; [2 · cell + 1]: the other cell, XOR the cell. */
  readonly table: Int32Array
  /** Bits of a generator's numbers below those that choose a cell. */
  readonly shift: number
  readonly cells: number

  /** @param weights Numbers >= 0, not all 0; as many as a power of two, from 2 on. */
  constructor(weights: ArrayLike<number>) {
    const cells = weights.length
    this.cells = cells
    this.shift = Math.clz32(cells) + 1
    this.table = integers(2 * cells)
    const left = fillings(weights)
    const small = new Int32Array(cells)
    const large = new Int32Array(cells)
    const smalls = placesOf(left, true, small)
    const larges = placesOf(left, false, large)
    const leftOver = this.share(left, small, smalls, large, larges)
    const heaviest = heaviestOf(weights)
    // A full cell is its own other one, as the table has it; what is left over is full, but for rounding.
    for (let s = 0; s < leftOver; s++) {
      const low = small[s]
      if (!(weights[low] > 0)) this.table[2 * low + 1] = low ^ heaviest
    }
  }

  /** Fills each cell that is not full from one that is more than full; how many small ones are left over. */
  private share(
    left: Float64Array,
    small: Int32Array,
    smallCount: number,
    large: Int32Array,
    largeCount: number,
  ): number {
    const { table } = this
    let smalls = smallCount
    let larges = largeCount
    while (smalls > 0 && larges > 0) {
      const low = small[--smalls]
      const high = large[larges - 1]
      const share = Math.ceil(left[low] * 2 ** 32)
      if (share < 2 ** 32) {
        table[2 * low] = share
        table[2 * low + 1] = low ^ high
      }
      left[high] -= 1 - left[low]
      if (left[high] < 1) small[smalls++] = large[--larges]
    }
    return smalls
  }

  draw(random: Random): number {
    const { table } = this
    const place = random() >>> this.shift
    return place ^ (table[2 * place + 1] & ~below(random(), table[2 * place]))
  }

  /**
   * Draws `count` words with each of two generators, sfc32 of two seeds, as `draw` does: puts them into `words` from number
   * `at` on, and counts them. One generator waits for its own last step most of the time, so that two take hardly
   * longer: 4 ns a word, where one call a word took 10.
   */
  drawPair(seeds: readonly [number, number], count: number, at: number, into: readonly [Drawn, Drawn]): void {
    const { table, shift } = this
    const [{ words, counts }, { words: otherWords, counts: otherCounts }] = into
    let a = seeds[0] | 0
    let b = SFC_B
    let c = SFC_C
    let a2 = seeds[1] | 0
    let b2 = SFC_B
    let c2 = SFC_C
    let counter = 1
    for (let i = at - STIRRING / 2; i < at + count; i++) {
      const first = (a + b + counter) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + first) | 0
      const first2 = (a2 + b2 + counter) | 0
      a2 = b2 ^ (b2 >>> 9)
      b2 = (c2 + (c2 << 3)) | 0
      c2 = (((c2 << 21) | (c2 >>> 11)) + first2) | 0
      counter = (counter + 1) | 0
      const second = (a + b + counter) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + second) | 0
      const second2 = (a2 + b2 + counter) | 0
      a2 = b2 ^ (b2 >>> 9)
      b2 = (c2 + (c2 << 3)) | 0
      c2 = (((c2 << 21) | (c2 >>> 11)) + second2) | 0
      counter = (counter + 1) | 0
      if (i < at) continue
      const place = first >>> shift
      const share = table[2 * place]
      const cell = place ^ (table[2 * place + 1] & ~below(second, share))
      words[i] = cell
      counts[cell]++
      const place2 = first2 >>> shift
      const share2 = table[2 * place2]
      const cell2 = place2 ^ (table[2 * place2 + 1] & ~below(second2, share2))
      otherWords[i] = cell2
      otherCounts[cell2]++
    }
  }
}

/** Weights in units of their mean. */
function fillings(weights: ArrayLike<number>): Float64Array {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i]
  const left = new Float64Array(weights.length)
  for (let i = 0; i < left.length; i++) left[i] = (weights[i] / sum) * left.length
  return left
}

/** Puts the numbers of the cells that are less than full, or of the others, into `places`, ascending; how many there are. */
function placesOf(left: Float64Array, small: boolean, places: Int32Array): number {
  let count = 0
  for (let i = 0; i < left.length; i++) if (left[i] < 1 === small) places[count++] = i
  return count
}

function heaviestOf(weights: ArrayLike<number>): number {
  let heaviest = 0
  for (let i = 0; i < weights.length; i++) if (weights[i] > weights[heaviest]) heaviest = i
  return heaviest
}

/** Words that were drawn, one after the other: numbers of cells; and how often each cell was. */
export interface Drawn {
  readonly words: Int32Array
  readonly counts: Int32Array
}

/** -1 where a < b as numbers of 32 bits without a sign, else 0, without a branch, which would be guessed wrong every other time. */
function below(a: number, b: number): number {
  return ((~a & b) | ((~a | b) & (a - b))) >> 31
}
