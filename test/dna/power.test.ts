import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { powerOf } from '../../src/dna/power.js'

const values = Float64Array.from({ length: 20_000 }, (_, i) => (i + 1) / 97)

/** SHA-256 of the products as NumPy 2 makes them of the same values: x·(x·x), x·sqrt(x), (x·x)·sqrt(x), (x·x)·(x·x), (x·(x·x))·((x·x)·(x·x)). */
it.each([
  [3, '9fdb6dd14cdc3b42'],
  [1.5, 'cbda845d833ea65e'],
  [2.5, '990c13226f927506'],
  [4, 'f13d13ebb106f9c8'],
  [7, 'b83346fad613227e'],
])('the power %d has the bits of the products of IEEE 754', (power, digest) => {
  const powers = values.map(powerOf(power))
  expect(createHash('sha256').update(powers).digest('hex').slice(0, 16)).toBe(digest)
})

it.each([0, 0.5, 1, 2, 0.3, 1.25, 3.7, 64, 65, 100.5])(
  'the power %d is near to what the engine has',
  power => {
    const of = powerOf(power)
    // An error of half a unit in the last place of ln x, at most 5.4, is power · ln x units of the result.
    const most = (2 + 5.4 * power) * 2 ** -52
    expect(Math.max(...values.map(x => Math.abs(of(x) / x ** power - 1)))).toBeLessThan(most)
    expect(of(0)).toBe(0 ** power)
  },
)

/** What Node 20.20, 22.20 and 24.19 have: scores would differ between them if one differed. */
it('the functions of the engine that reach a score have the same bits on every version', () => {
  const digestOf = (of: (x: number) => number) => {
    const hash = createHash('sha256')
    for (let scale = -40; scale <= 40; scale += 5) hash.update(values.map(x => of(x * 2 ** scale)))
    return hash.digest('hex').slice(0, 16)
  }
  expect({
    log: digestOf(Math.log),
    exp: digestOf(x => Math.exp(-x)),
    log1p: digestOf(Math.log1p),
    log2: digestOf(Math.log2),
    atan2: digestOf(x => Math.atan2(x, x - 1) + Math.atan2(-1, x)),
    atan: digestOf(Math.atan),
    acos: digestOf(x => Math.acos(x / (1 + x)) + Math.acos(-1 / (1 + x))),
    sin: digestOf(x => Math.sin(x % 1000)),
    cos: digestOf(x => Math.cos(x % 1000)),
    hypot: digestOf(x => Math.hypot(x, 1 - x)),
  }).toEqual(DIGESTS)
})

const DIGESTS = {
  log: 'c30d9cfa6e7fe7aa',
  exp: 'e97b1cb23773eeb5',
  log1p: 'a4a908ff6e853d3c',
  log2: 'c040797f504c5e81',
  atan2: '525a475ce4452913',
  atan: 'ce3ee0ecec97c7e3',
  acos: '0c6e80e8cb9b7159',
  sin: '2ca79a5086551397',
  cos: '64adff07c1ffd44b',
  hypot: '007b315249c80d12',
}
