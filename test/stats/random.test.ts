import { describe, expect, it } from 'vitest'
import { Alias, sfc32 } from '../../src/stats/random.js'

describe('sfc32', () => {
  it('is even over all its bits', () => {
    const random = sfc32(1)
    const ones = new Float64Array(32)
    const draws = 100_000
    for (let i = 0; i < draws; i++) {
      const value = random()
      for (let bit = 0; bit < 32; bit++) ones[bit] += (value >>> bit) & 1
    }
    for (const count of ones) expect(Math.abs(count - draws / 2)).toBeLessThan(5 * Math.sqrt(draws / 4))
  })

  it('gives unrelated numbers for neighbouring seeds', () => {
    let bits = 0
    for (let seed = 0; seed < 1000; seed++) {
      let differing = sfc32(seed)() ^ sfc32(seed + 1)()
      for (; differing !== 0; differing &= differing - 1) bits++
    }
    expect(Math.abs(bits - 16_000)).toBeLessThan(5 * Math.sqrt(8000))
  })
})

describe('the alias method', () => {
  it('draws cells in proportion to their weights, and none of weight 0', () => {
    const weights = [0, 1, 0, 3, 0.5, 100, 0, 7.5]
    const alias = new Alias(weights)
    const random = sfc32(2)
    const counts = weights.map(() => 0)
    const draws = 200_000
    for (let i = 0; i < draws; i++) counts[alias.draw(random)]++
    for (const [cell, weight] of weights.entries()) {
      const share = weight / 112
      expect(Math.abs(counts[cell] - draws * share)).toBeLessThanOrEqual(
        5 * Math.sqrt(draws * share * (1 - share)),
      )
    }
  })

  it('draws with two generators at a time what each draws alone', () => {
    const weights = [0, 1, 1, 3, 0.5, 100, 0, 7.5]
    const alias = new Alias(weights)
    const empty = () => ({ words: new Int32Array(1003), counts: new Int32Array(8) })
    const pair = [empty(), empty()] as const
    alias.drawPair([11, -12], 1000, 3, pair)
    for (const [i, seed] of [11, -12].entries()) {
      const random = sfc32(seed)
      const alone = Array.from({ length: 1000 }, () => alias.draw(random))
      expect([...pair[i].words]).toEqual([0, 0, 0, ...alone])
      expect([...pair[i].counts]).toEqual(
        weights.map((_, cell) => alone.filter(drawn => drawn === cell).length),
      )
    }
  })
})
