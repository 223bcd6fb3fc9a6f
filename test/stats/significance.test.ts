import { describe, expect, it } from 'vitest'
import { correlationP, holm, normalP } from '../../src/stats/significance.js'

const near = (found: number | undefined, expected: number) =>
  expect(Math.abs((found as number) / expected - 1)).toBeLessThan(1e-9)

describe('p-values', () => {
  it('of differences are those of scipy: 2 * stats.norm.sf(abs(difference) / se)', () => {
    near(normalP(0.5, 1), 0.6170750774519738)
    near(normalP(-1.96, 1), 0.049995790296440766)
    near(normalP(0.3, 0.1), 0.0026997960632601913)
    near(normalP(10, 1), 1.523970604832105e-23)
  })
  it('of no difference are 1, of one without an error 0', () => {
    expect(normalP(0, 0)).toBe(1)
    expect(normalP(0, 2)).toBe(1)
    expect(normalP(1, 0)).toBe(0)
  })
  it('of correlations are those of scipy: stats.pearsonr([1, 2, 3, 4, 5, 6], [1, 3, 2, 5, 4, 7])', () => {
    near(correlationP(0.8907689867497084, 6), 0.017245481149199327)
    near(correlationP(-0.8907689867497084, 6), 0.017245481149199327)
    expect(correlationP(1, 5)).toBe(0)
    expect(correlationP(0.5, 2)).toBeUndefined()
  })
})

describe("Holm's adjustment", () => {
  it("is that of statsmodels: multipletests(p, method='holm')", () => {
    const found = holm([0.01, 0.04, 0.03, 0.005, 0.9, 0.04])
    expect(found.map(p => Number(p.toPrecision(12)))).toEqual([0.05, 0.12, 0.12, 0.03, 0.9, 0.12])
  })
  it('of one test is the test, of none is none', () => {
    expect(holm([0.3])).toEqual([0.3])
    expect(holm([])).toEqual([])
    expect(holm([0.6, 0.7])).toEqual([1, 1])
  })
})
