import { describe, expect, it } from 'vitest'
import { crossValidateCounts } from '../../src/stats/cross-validation.js'

describe('the cross-validated consistency of counts', () => {
  it('is the sum that defines it, for few counts a cell and for many', () => {
    const cells = 64
    const groups = Array.from({ length: 9 }, (_, g) =>
      Array.from({ length: cells }, (_, x) => ((7 * x + 3 * g) % 5) * (x % 8 === 0 ? 1000 : 1)),
    )
    const total = Array.from({ length: cells }, (_, x) => groups.reduce((sum, own) => sum + own[x], 0))
    const prior = Array.from({ length: cells }, (_, x) => (x + 1) / ((cells * (cells + 1)) / 2))
    const all = total.reduce((sum, count) => sum + count, 0)
    const at = (a: number) =>
      groups.map(own => {
        const others = all - own.reduce((sum, count) => sum + count, 0)
        return own.reduce(
          (sum, n, x) =>
            sum + (n / all) * Math.log((total[x] - n + a * prior[x]) / ((others + a) * prior[x])),
          0,
        )
      })
    const weights = [300, 1000, 3000, 1e4, 3e4, 1e5]
    const values = weights.map(a => at(a).reduce((sum, part) => sum + part, 0))
    const best = values.indexOf(Math.max(...values))
    const { value, a, parts } = crossValidateCounts(groups, total, prior)
    expect(values[best]).toBeGreaterThan(0.1)
    expect(a).toBe(weights[best])
    expect(value).toBeCloseTo(values[best], 12)
    for (const [g, part] of at(weights[best]).entries()) expect(parts[g]).toBeCloseTo(part, 12)
  })
})
