import { expect, it } from 'vitest'
import { chiSquareTail3, erfc, logGamma, poissonTail, studentTail } from '../../src/stats/tails.js'

// Expected values by SciPy 1.16: stats.poisson.sf(n - 1, mean), stats.t.sf, stats.chi2.sf(x, 3), special.erfc, special.gammaln.

/** Relative distance, but of numbers next to 1 or 0 the absolute one. */
const off = (found: number, expected: number) => Math.abs(found - expected) / Math.max(1e-300, expected)

it('the tail of a Poisson variable is that of SciPy', () => {
  const cases = [
    [1, 0.1, 0.09516258196404044],
    [5, 0.5, 0.00017211562995584072],
    [10, 10, 0.5420702855281478],
    [50, 20, 1.2458926079719434e-8],
    [190, 44.9, 3.607977621723754e-58],
    [30, 45, 0.9926628007022035],
    [3, 100, 1],
    [1000, 990, 0.3795213785379639],
  ]
  for (const [n, mean, tail] of cases) expect(off(poissonTail(n, mean), tail), `${n}`).toBeLessThan(1e-9)
  expect(poissonTail(1265, 117.6)).toBeLessThan(1e-300)
  expect(poissonTail(0, 3)).toBe(1)
  expect(poissonTail(2, 0)).toBe(0)
})

it("the tail of Student's t is that of SciPy", () => {
  const cases = [
    [0, 7, 0.5],
    [1, 7, 0.1753083314101037],
    [2.5, 63, 0.007517602155566214],
    [10, 63, 6.26344006130604e-15],
    [40, 63, 8.487139960450599e-47],
    [-1.5, 20, 0.9253821144153738],
    [5.2, 8, 0.00041120096728156677],
  ]
  for (const [t, freedom, tail] of cases)
    expect(off(studentTail(t, freedom), tail), `${t}`).toBeLessThan(1e-9)
})

it('the tail of chi-square with 3 degrees of freedom is that of SciPy', () => {
  const cases = [
    [0.1, 0.9918374237318764],
    [1, 0.8012519569012009],
    [3, 0.3916251762710877],
    [7.8147, 0.050000625284760056],
    [20, 0.00016974243555282632],
    [100, 1.5541594313896026e-21],
    [700, 2.0991308534204487e-151],
  ]
  for (const [x, tail] of cases) expect(off(chiSquareTail3(x), tail), `${x}`).toBeLessThan(1e-9)
  expect(chiSquareTail3(0)).toBe(1)
})

it('erfc and ln gamma are those of SciPy', () => {
  const cases = [
    [0, 1],
    [0.3, 0.6713732405408726],
    [1, 0.15729920705028516],
    [1.9, 0.007209570764742531],
    [2, 0.004677734981047266],
    [2.1, 0.0029794666563329845],
    [5, 1.5374597944280347e-12],
    [20, 5.395865611607901e-176],
  ]
  for (const [x, value] of cases) expect(off(erfc(x), value), `${x}`).toBeLessThan(1e-12)
  const logs = [
    [0.3, 1.0957979948180756],
    [1.5, -0.12078223763524526],
    [10, 12.801827480081469],
    [123.4, 469.3360974421906],
    [100000, 1051287.7089736569],
  ]
  for (const [x, value] of logs) expect(Math.abs(logGamma(x) / value - 1), `${x}`).toBeLessThan(1e-12)
})
