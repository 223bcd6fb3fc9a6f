import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { selectAscending } from '../../src/core/quickselect.js'
import { QuantileSelector } from '../../src/dna/quantiles/quantile-selector.js'
import { allocateSquares, type Squares } from '../../src/dna/corrected-map.js'
import { THOROUGH, times } from '../support/thorough.js'

/** Which values are above the q-quantile of their roots, by sorting and NumPy's interpolation. */
function aboveQuantile(squares: Float64Array, q: number): boolean[] {
  const roots = squares.map(Math.sqrt)
  const sorted = roots.toSorted()
  const place = (sorted.length - 1) * q
  const below = Math.floor(place)
  const a = sorted[below]
  const b = sorted[Math.min(below + 1, sorted.length - 1)]
  const t = place - below
  const quantile = t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t
  return Array.from(roots, root => root > quantile)
}

/** Where squares lie: where kernels reach them, or where they do not. */
const PLACES = {
  'by the kernel': allocateSquares,
  'in TypeScript': (length: number): Squares => ({ values: new Float64Array(length), address: 0 }),
}

let allocate = allocateSquares

/** Squares as stages hold them, `from` others before them, and three behind. */
function squaresOf(values: ArrayLike<number>, from: number): Squares {
  const squares = allocate(from + values.length + 3)
  squares.values.fill(1e9)
  squares.values.set(Array.from(values), from)
  return squares
}

/** Which values a selector finds above their q-quantile; `guess` is the scale that it guesses from. */
function aboveCut(values: Float64Array, q: number, selector = new QuantileSelector(), guess = 1): boolean[] {
  const present = values.filter(value => value >= 0).length
  const count = selector.select(squaresOf(values, 2), 2, 2 + values.length, values.length - present, q, guess)
  const found = selector.positions.subarray(0, count)
  expect(found).toEqual(found.toSorted())
  const above = Array<boolean>(values.length).fill(false)
  for (const position of found) above[position - 2] = true
  return above
}

const quantiles = [
  0,
  0.001,
  0.04,
  0.1,
  0.29,
  0.5,
  0.55,
  0.57,
  0.7,
  0.75,
  0.8,
  0.85,
  0.9,
  0.95,
  0.99,
  0.999,
  1 - 2 ** -53,
]

/** A generator of its own, so that large arrays need no large counterexamples. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const KINDS: { readonly [kind: string]: (next: () => number, i: number, n: number) => number } = {
  'numbers without order': next => next() ** 3,
  'few different numbers': next => Math.floor(next() * 4),
  'mostly zeros': next => (next() < 0.85 ? 0 : next()),
  'mostly one number': next => (next() < 0.95 ? 2 : next() * 4),
  'numbers of one rounding': next => 2 + Math.floor(next() * 6) * 2 ** -51,
  'rising numbers': (_, i) => i,
  'falling numbers': (_, i, n) => n - i,
  'a strong stretch': (next, i, n) => (i > 0.4 * n && i < 0.5 * n ? 100 : 1) * next(),
  'waves as long as the sample is wide': (next, i, n) =>
    Math.sin((i * 48 * Math.PI) / n) ** 2 + next() * 1e-3,
}

describe.each(Object.entries(PLACES))('a selector, %s', (_, place) => {
  beforeAll(() => {
    allocate = place
  })

  for (const [kind, make] of Object.entries(KINDS)) {
    it(`passes what NumPy passes, of ${kind}`, () => {
      for (const n of [1, 2, 3, 4, 5, 10, 11, 21, 47, 95, 96, 97, 101, 200, 481, 500, 1001, 2114, 3000]) {
        for (const [i, q] of quantiles.entries()) {
          if (!THOROUGH && i % 4 !== n % 4) continue
          const next = random(n * 100 + i)
          const squares = Float64Array.from({ length: n }, (_, at) => make(next, at, n))
          expect(aboveCut(squares, q), `n ${n}, q ${q}`).toEqual(aboveQuantile(squares, q))
        }
      }
    })
  }

  it('passes what NumPy passes, for any numbers and any quantile', () => {
    const squares = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.double({ min: 0, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.constantFrom(0, Number.MIN_VALUE, 1, 1 + 2 ** -52, 1 - 2 ** -53), {
        minLength: 1,
        maxLength: 40,
      }),
    )
    const q = fc.oneof(fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }), fc.constantFrom(...quantiles))
    fc.assert(
      fc.property(squares, q, (values, q) => {
        const array = Float64Array.from(values)
        expect(aboveCut(array, q)).toEqual(aboveQuantile(array, q))
      }),
      { numRuns: times(300, 2000) },
    )
  })

  it('passes what NumPy passes where q (n - 1) is next to a whole number', () => {
    for (let n = 2; n <= 202; n += times(7, 1)) {
      const squares = Float64Array.from({ length: n }, (_, i) => (i * 7919) % n)
      for (let j = 0; j < n - 1; j += 1 + (n >> 4)) {
        const exact = j / (n - 1)
        for (const q of [exact, exact * (1 - 2 ** -52), exact * (1 + 2 ** -52)]) {
          expect(aboveCut(squares, q), `n ${n}, q ${q}`).toEqual(aboveQuantile(squares, q))
        }
      }
    }
  })

  it('does not let pass a square whose root ties with the cut', () => {
    expect(Math.sqrt(1 + 2 ** -52)).toBe(1)
    expect(aboveCut(Float64Array.of(1, 1, 1 + 2 ** -52), 0.25)).toEqual([false, false, false])
  })

  it('leaves out what has no length', () => {
    const values = fc.array(fc.constantFrom(-1, -1, 0, 1, 2, 3, 4), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, fc.constantFrom(...quantiles), (list, q) => {
        const present = aboveQuantile(Float64Array.from(list.filter(value => value >= 0)), q)
        const expected = list.map(value => value >= 0 && present.shift() === true)
        expect(aboveCut(Float64Array.from(list), q)).toEqual(expected)
      }),
      { numRuns: times(100, 500) },
    )
  })

  it('finds the same whatever it has seen before and whatever scale it guesses from', () => {
    const selector = new QuantileSelector()
    const next = random(1)
    for (const guess of [
      1,
      1,
      1e300,
      1e-300,
      0,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      1,
      1,
      1e-9,
      1e9,
      1,
      1,
    ]) {
      for (const n of [200, 40, 900, 3, 200, 200]) {
        const size = 10 ** Math.floor(next() * 12 - 6)
        const squares = Float64Array.from({ length: n }, () => next() ** 4 * size)
        for (const q of [0.9, 0.5, 0.99]) {
          expect(aboveCut(squares, q, selector, guess)).toEqual(aboveQuantile(squares, q))
        }
      }
    }
  })

  it('finds what NumPy finds among squares that are all but zero', () => {
    const selector = new QuantileSelector()
    const next = random(3)
    for (const size of [2 ** -1020, 2 ** -1024, 2 ** -1030, 2 ** -1045, 2 ** -1060, 2 ** -1072]) {
      for (let record = 0; record < 20; record++) {
        const squares = Float64Array.from({ length: 300 }, () => (next() < 0.3 ? 0 : next() ** 6 * size))
        for (const q of [0.9, 0.6]) {
          expect(aboveCut(squares, q, selector, size)).toEqual(aboveQuantile(squares, q))
        }
      }
    }
  })

  it('finds what NumPy finds in one record after another of the same kind', () => {
    for (const [kind, make] of Object.entries(KINDS)) {
      const selector = new QuantileSelector()
      for (let record = 0; record < 60; record++) {
        const next = random(1000 + record)
        const n = 150 + (record % 7) * 60
        const loud = record % 11 === 10 ? 1e3 : 1
        const squares = Float64Array.from({ length: n }, (_, at) => loud * make(next, at, n))
        const mean = squares.reduce((sum, value) => sum + value, 0) / n
        expect(aboveCut(squares, 0.9, selector, mean), `${kind} ${record}`).toEqual(
          aboveQuantile(squares, 0.9),
        )
      }
    }
  })

  it('finds nothing above a single value, nor among none', () => {
    const selector = new QuantileSelector()
    expect(selector.select(squaresOf([7], 0), 0, 1, 0, 0.9, 7)).toBe(0)
    expect(selector.select(squaresOf([7], 0), 1, 1, 0, 0.9, 7)).toBe(0)
    expect(selector.select(squaresOf([-1, -1], 0), 0, 2, 2, 0.9, 7)).toBe(0)
  })
})

describe('selection', () => {
  it('finds the value of every rank, smaller ones before it and larger ones after', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(6), fc.nat()), { minLength: 1, maxLength: 60 }),
        fc.nat(),
        (list, any) => {
          const rank = any % list.length
          const values = Float64Array.from([...list, -1])
          expect(selectAscending(values, list.length, rank)).toBe(list.toSorted((a, b) => a - b)[rank])
          expect(Math.max(...values.subarray(0, rank + 1))).toBe(values[rank])
          expect(Math.min(...values.subarray(rank, list.length))).toBe(values[rank])
          expect(values[list.length]).toBe(-1)
        },
      ),
    )
  })
})
