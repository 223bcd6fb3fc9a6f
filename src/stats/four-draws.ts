import { integers, isReached, kernels } from '../kernels/kernels.js'
import type { Alias, Drawn } from './random.js'

/** Words drawn four times over, by four generators at a time. */
export class FourDraws {
  /** The four draws. */
  readonly each: readonly [Drawn, Drawn, Drawn, Drawn]
  private readonly alias: Alias
  private readonly words: Int32Array
  private readonly counts: Int32Array
  private readonly seeds = integers(4)
  private readonly isReached: boolean

  /** @param words Room for this many words per draw. */
  constructor(alias: Alias, words: number) {
    const { cells } = alias
    this.alias = alias
    this.words = integers(4 * words)
    this.counts = integers(4 * cells)
    const drawn = (i: number): Drawn => ({
      words: this.words.subarray(i * words, (i + 1) * words),
      counts: this.counts.subarray(i * cells, (i + 1) * cells),
    })
    this.each = [drawn(0), drawn(1), drawn(2), drawn(3)]
    this.isReached = [alias.table, this.words, this.counts, this.seeds].every(isReached)
  }

  /** Counts from 0 again. */
  clear(): void {
    this.counts.fill(0)
  }

  /** Puts `count` words from number `at` on into each draw, and counts them: those of sfc32 of four seeds. */
  draw(seeds: readonly [number, number, number, number], count: number, at: number): void {
    const { alias, words, counts, each } = this
    if (kernels === undefined || !this.isReached) {
      alias.drawPair([seeds[0], seeds[1]], count, at, [each[0], each[1]])
      alias.drawPair([seeds[2], seeds[3]], count, at, [each[2], each[3]])
      return
    }
    this.seeds.set(seeds)
    kernels.drawFour(
      alias.table.byteOffset,
      alias.shift,
      this.seeds.byteOffset,
      at,
      at + count,
      words.byteOffset,
      words.byteLength / 4,
      counts.byteOffset,
      counts.byteLength / 4,
    )
  }
}
