import { type Alias, type Drawn, type Random, sfc32 } from './random.js'
import { timesLog } from './sums-of-logs.js'

/** Draws of words, group by group, of which each group in turn is left out. */
export interface DrawsOf {
  readonly draws: number
  /** Words of each group. */
  readonly sizes: ArrayLike<number>
  /** Weights of the cells. */
  readonly prior: ArrayLike<number>
  /** Weights of the cells without a group; the prior itself where it does not depend on groups. */
  readonly priorWithout: (group: number) => ArrayLike<number>
  /** What draws from the prior. */
  readonly alias: Alias
  /** The seed for what is drawn again without a group. */
  readonly seedOf: (draw: number, group: number) => number
}

/**
 * What draws come to without the words of each group: sum d ln d changes in the cells that the group drew only. Words drawn
 * for the others that no other group has are drawn again.
 */
export class DrawsWithout {
  private readonly of: DrawsOf
  /** The group that alone has a cell, -1 for the others; and such cells by group. */
  private readonly owner: Int16Array
  private readonly ownWords: readonly Int32Array[]
  private readonly cells: number
  /** Sum over draws of sum d ln d, by group. */
  private readonly spreads: Float64Array
  /** Words drawn again: [group · draws + draw]. */
  private readonly again: Int32Array

  constructor(of: DrawsOf) {
    const { draws, sizes, prior, priorWithout } = of
    this.of = of
    this.owner = new Int16Array(prior.length).fill(-1)
    this.spreads = new Float64Array(sizes.length)
    this.again = new Int32Array(sizes.length * draws)
    let cells = 0
    for (let x = 0; x < prior.length; x++) if (prior[x] > 0) cells++
    this.cells = cells
    const ownWords: Int32Array[] = []
    for (let g = 0; g < sizes.length; g++) ownWords.push(this.own(g, prior, priorWithout(g)))
    this.ownWords = ownWords
  }

  /** Whether a group has all cells: without it nothing is left to draw from. */
  ownsAll(group: number): boolean {
    return this.ownWords[group].length === this.cells
  }

  /** Sum over draws of sum d ln d without a group. */
  spread(group: number): number {
    return this.spreads[group]
  }

  /**
   * Adds a draw, whose counts are changed and restored.
   *
   * @param draw 0 for the first draw, 1 for the next ...
   * @param sum Its sum of d ln d.
   */
  add(draw: number, { words, counts }: Drawn, sum: number): void {
    const { sizes } = this.of
    let end = 0
    for (let g = 0; g < sizes.length; g++) {
      const at = end
      end += sizes[g]
      let without = sum
      for (let i = at; i < end; i++) {
        const count = counts[words[i]]--
        without -= timesLog(count) - timesLog(count - 1)
      }
      if (this.ownWords[g].length > 0) without += this.drawAgain(draw, g, counts)
      for (let i = at; i < end; i++) counts[words[i]]++
      this.spreads[g] += without
    }
  }

  /** What the words drawn again add to the likelihood of all draws: the sum of the logarithms of their cells. */
  likelihoodDrawnAgain(group: number, logs: Float64Array): number {
    const { draws, seedOf } = this.of
    let likelihood = 0
    for (let draw = 0; draw < draws; draw++) {
      const words = this.again[group * draws + draw]
      if (words === 0) continue
      const random = sfc32(seedOf(draw, group))
      for (let i = 0; i < words; i++) likelihood += logs[this.drawOther(random, group)]
    }
    return likelihood
  }

  /** Draws other words for those that only a group has; what sum d ln d changes by. */
  private drawAgain(draw: number, group: number, counts: Int32Array): number {
    let change = 0
    let lost = 0
    for (const word of this.ownWords[group]) {
      change -= timesLog(counts[word])
      lost += counts[word]
    }
    if (lost === 0 || this.ownsAll(group)) return change
    this.again[group * this.of.draws + draw] = lost
    const random = sfc32(this.of.seedOf(draw, group))
    const redrawn = new Int32Array(lost)
    for (let i = 0; i < lost; i++) {
      const word = this.drawOther(random, group)
      redrawn[i] = word
      const count = counts[word]++
      change += timesLog(count + 1) - timesLog(count)
    }
    for (const word of redrawn) counts[word]--
    return change
  }

  /** Draws a word that not only this group has. */
  private drawOther(random: Random, group: number): number {
    const { alias } = this.of
    let word = alias.draw(random)
    while (this.owner[word] === group) word = alias.draw(random)
    return word
  }

  /** The cells that only a group has, of which it becomes the owner. */
  private own(group: number, prior: ArrayLike<number>, without: ArrayLike<number>): Int32Array {
    if (without === prior) return NONE
    const words: number[] = []
    for (let x = 0; x < prior.length; x++) {
      if (!(prior[x] > 0) || without[x] > 0) continue
      this.owner[x] = group
      words.push(x)
    }
    return words.length === 0 ? NONE : Int32Array.from(words)
  }
}

const NONE = new Int32Array(0)
