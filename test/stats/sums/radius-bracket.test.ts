import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import { Counts } from '../../../src/stats/sums/counts.js'
import {
  BINS_PER_EXPONENT,
  bracketCut,
  EXPONENTS,
  tooFewWindows,
  radiusBin,
  topRank,
} from '../../../src/stats/sums/radius-bracket.js'

function histogramOf(radii: readonly number[]): Counts {
  const counts = new Counts(EXPONENTS, BINS_PER_EXPONENT)
  for (const radius of radii) {
    const bin = radiusBin(radius)
    counts.add(Math.floor(bin / BINS_PER_EXPONENT), bin % BINS_PER_EXPONENT)
  }
  return counts
}

const radius = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1e300, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, 1, 1 + 2 ** -52, 1 - 2 ** -53, 2, 2 ** -1022, 0.5, 0.5),
)

describe('the bracket of a global cut', () => {
  it('holds the radius of the wanted rank, and says which of its own that is', () => {
    fc.assert(
      fc.property(
        fc.array(radius, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (radii, percent) => {
          const rank = Math.floor((percent * radii.length) / 100)
          fc.pre(rank > 0)
          const bracket = bracketCut(histogramOf(radii), percent / 100)
          const cut = radii.toSorted((a, b) => b - a)[rank - 1]
          expect(bracket?.windows).toBe(radii.length)
          const {
            low,
            high,
            rank: inside,
          } = bracket ?? { low: Number.NaN, high: Number.NaN, rank: Number.NaN }
          expect(low).toBeLessThanOrEqual(cut)
          expect(high).toBeGreaterThan(cut)
          const within = radii.filter(r => r >= low && r < high).toSorted((a, b) => b - a)
          expect(within[inside - 1]).toBe(cut)
          expect(radii.filter(r => r >= high).length + inside).toBe(rank)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is as narrow as a 16,384th of its lower end', () => {
    const { low, high } = bracketCut(histogramOf([1, 3, 7]), 0.67) ?? { low: 0, high: 0 }
    expect(low).toBeLessThanOrEqual(3)
    expect((high - low) / low).toBeLessThanOrEqual(2 ** -14)
  })

  it('is none for no windows', () => {
    expect(bracketCut(histogramOf([]), 0.1)).toBeUndefined()
  })

  it('lies above all windows where the fraction holds none of them', () => {
    const { low, rank, windows } = bracketCut(histogramOf([1, 2, 1e300]), 0.1) ?? { low: 0 }
    expect(low).toBeGreaterThan(1e300)
    expect({ rank, windows }).toEqual({ rank: 0, windows: 3 })
  })

  it('lacks where the fraction holds none of the windows, and only there', () => {
    const lack = tooFewWindows(0.1, 3)
    expect(lack).toBeInstanceOf(DataError)
    expect(lack).toMatchObject({
      code: 'empty',
      message:
        'a global threshold of the top 0.1 of 3 windows is none of them; score more maps or raise the fraction',
    })
    expect(tooFewWindows(0.1, 9)).toBeInstanceOf(DataError)
    expect([tooFewWindows(0.1, 10), tooFewWindows(0.1, 0)]).toEqual([undefined, undefined])
  })

  it('takes the fraction as it is written, whatever the rounding of products', () => {
    for (let digits = 1; digits <= 4; digits++) {
      const parts = 10 ** digits
      for (let part = 1; part <= parts; part += digits < 4 ? 1 : 7) {
        for (const n of [1, 3, 7, 10, 50, 100, 999, 1000, 38_700, 386_800, 123_456_789]) {
          const exact = (BigInt(part) * BigInt(n)) / BigInt(parts)
          expect(topRank(part / parts, n), `${part / parts} of ${n}`).toBe(Number(exact))
        }
      }
    }
  })
})
