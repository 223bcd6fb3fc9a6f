import { describe, expect, it } from 'vitest'
import { correlationP, holm, studentP } from '../../src/stats/significance.js'

const near = (found: number | undefined, expected: number) =>
  expect(Math.abs((found as number) / expected - 1)).toBeLessThan(1e-9)

describe('p-values', () => {
  it('of differences are those of scipy: 2 * stats.t.sf(abs(difference) / se, groups - 1)', () => {
    near(studentP(0.5, 1, 63), 0.6188170898804157)
    near(studentP(-1.96, 1, 63), 0.054422366597300126)
    near(studentP(0.3, 0.1, 63), 0.0038638384760991576)
    near(studentP(10, 1, 63), 1.252688012261208e-14)
    near(studentP(10, 1, 7), 2.1394202890772802e-5)
    near(studentP(1e-6, 1, 63), 0.9999992052752416)
    near(studentP(-40, 1, 63), 1.6974279920901198e-46)
    near(studentP(2.5, 1, 7), 0.04099221858575289)
  })
  it('of no difference are 1, of one without an error 0', () => {
    expect(studentP(0, 0, 63)).toBe(1)
    expect(studentP(0, 2, 63)).toBe(1)
    expect(studentP(1, 0, 63)).toBe(0)
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
