import { describe, expect, it } from 'vitest'
import { divergence, normalise } from '../../src/stats/divergence.js'

describe('a divergence', () => {
  it('is in nats: one of two equal halves against the whole of them is ln 2', () => {
    expect(divergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 15)
  })
  it('of a distribution from itself is 0', () => {
    expect(divergence([0.2, 0.3, 0.5], [0.2, 0.3, 0.5])).toBe(0)
  })
  it('takes no term from where P is 0, and is Infinity where P is not and Q is', () => {
    expect(divergence([1, 0], [1, 0])).toBe(0)
    expect(divergence([0.5, 0.5], [1, 0])).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('normalising', () => {
  it('divides by the sum and leaves what it was given as it was', () => {
    const weights = Float64Array.of(1, 3, 0, 4)
    expect([...normalise(weights)]).toEqual([0.125, 0.375, 0, 0.5])
    expect([...weights]).toEqual([1, 3, 0, 4])
  })
  it('of zeros gives zeros', () => {
    expect([...normalise([0, 0])]).toEqual([0, 0])
  })
})
