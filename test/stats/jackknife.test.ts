import { expect, it } from 'vitest'
import { effectiveNumber } from '../../src/stats/effective-number.js'
import { contributionsSe, interval95, jackknifeSe } from '../../src/stats/jackknife.js'

const values = [3, 1, 4, 1, 5, 9, 2, 6]

it('of a mean, the jackknife is the usual standard error', () => {
  const sum = values.reduce((total, value) => total + value, 0)
  const left = values.map(value => (sum - value) / (values.length - 1))
  const mean = sum / values.length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1)
  expect(jackknifeSe(left)).toBeCloseTo(Math.sqrt(variance / values.length), 14)
  expect(contributionsSe(values.map(value => value / values.length))).toBeCloseTo(jackknifeSe(left), 14)
})

it('an interval of 95% is 1.96 errors each way', () => {
  const [low, high] = interval95(1, 0.5)
  expect(low).toBeCloseTo(1 - 0.97998, 5)
  expect(high).toBeCloseTo(1 + 0.97998, 5)
})

it('equal contributions count as many as there are, negative ones none', () => {
  expect(effectiveNumber([2, 2, 2, -7, 0])).toBeCloseTo(3, 14)
  expect(effectiveNumber([5, 1e-300])).toBeCloseTo(1, 12)
  expect(effectiveNumber([-1, 0])).toBeUndefined()
})
