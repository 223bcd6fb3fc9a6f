import { describe, expect, it } from 'vitest'
import { multinomialNull } from '../../src/stats/multinomial-null.js'

const EVEN = new Float64Array(64).fill(1)
/** Expected KLD of N draws over C even cells, to the second order in 1/N: (C - 1) / 2N + (C^2 - 1) / 12N^2. */
const expected = (cells: number, words: number) =>
  (cells - 1) / (2 * words) + (cells * cells - 1) / (12 * words * words)

describe('the multinomial null', () => {
  it('is the mean over draws of as many words, within their error', () => {
    const { how, value } = multinomialNull([200, 200, 200, 200], EVEN)
    expect(how).toBe('draws')
    expect(Math.abs(value - expected(64, 800))).toBeLessThan((4 * Math.sqrt(2 * 63)) / (2 * 800 * 8))
  })

  it('is the closed form above 50 words a cell, cells above 0 counted', () => {
    const prior = EVEN.slice()
    prior.fill(0, 40)
    expect(multinomialNull([3201], prior)).toMatchObject({ how: 'closed form', value: 39 / (2 * 3201) })
    expect(multinomialNull([3200], prior).how).toBe('draws')
    expect(multinomialNull([3000, 500], EVEN, g => (g === 0 ? prior : EVEN)).left).toEqual(
      Float64Array.of(39 / 1000, 63 / 6000),
    )
  })

  it('without a group is that of fewer words', () => {
    const sizes = [100, 300, 200, 200]
    const { left, value } = multinomialNull(sizes, EVEN, () => EVEN)
    for (const [g, size] of sizes.entries()) {
      const error = (4 * Math.sqrt(2 * 63)) / (2 * (800 - size) * 8)
      expect(Math.abs(left[g] - expected(64, 800 - size))).toBeLessThan(error)
      expect(left[g]).toBeGreaterThan(value)
    }
  })

  it('without a group has none of the words that it alone has', () => {
    const rest = EVEN.slice()
    rest.fill(0, 0, 32)
    const { left, value } = multinomialNull([400, 400], EVEN, g => (g === 0 ? rest : EVEN))
    expect(Math.abs(left[0] - expected(32, 400))).toBeLessThan((4 * Math.sqrt(2 * 31)) / (2 * 400 * 8))
    expect(left[1]).toBeGreaterThan(value)
  })

  it('without the only group is none', () => {
    const { left } = multinomialNull([10, 0], EVEN, g => (g === 0 ? new Float64Array(64) : EVEN))
    expect(left[0]).toBeNaN()
    expect(left[1]).toBeGreaterThan(0)
  })

  it('is the same every time', () => {
    const again = () => multinomialNull([50, 60], EVEN, () => EVEN)
    expect(again()).toEqual(again())
  })
})
