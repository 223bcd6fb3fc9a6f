import { expect, it } from 'vitest'
import { effectiveNumber } from '../../src/stats/divergence.js'
import { deviationsSe, interval95, jackknifeSe } from '../../src/stats/jackknife.js'

const values = [3, 1, 4, 1, 5, 9, 2, 6]

it('of a mean, the jackknife is the usual standard error', () => {
  const sum = values.reduce((total, value) => total + value, 0)
  const left = values.map(value => (sum - value) / (values.length - 1))
  const mean = sum / values.length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1)
  expect(jackknifeSe(left)).toBeCloseTo(Math.sqrt(variance / values.length), 14)
  const deviations = values.map(value => (value - mean) / values.length)
  expect(deviationsSe(deviations)).toBeCloseTo(jackknifeSe(left), 14)
})

it("an interval of 95% is Student's: SciPy's stats.t.ppf(0.975, groups - 1) errors each way", () => {
  for (const [groups, reach] of [
    [8, 2.3646242515927844],
    [16, 2.131449545559323],
    [64, 1.998340542520741],
  ]) {
    const [low, high] = interval95(1, 0.5, groups)
    expect(low).toBeCloseTo(1 - 0.5 * reach, 12)
    expect(high).toBeCloseTo(1 + 0.5 * reach, 12)
  }
})

it('equal contributions count as many as there are, negative ones none', () => {
  expect(effectiveNumber([2, 2, 2, -7, 0])).toBeCloseTo(3, 14)
  expect(effectiveNumber([5, 1e-300])).toBeCloseTo(1, 12)
  expect(effectiveNumber([-1, 0])).toBeUndefined()
})
