import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import type { Range } from '../../../src/core/types.js'
import {
  contains,
  countBatches,
  describeRanges,
  normaliseRanges,
  overlap,
  subtract,
  union,
} from '../../../src/engine/checkpoints/ranges.js'

const SIZE = 40
const WHOLE = { start: 0, end: SIZE }

/** A list of ranges over [0, SIZE) that may touch, and the numbers in it. */
const ranges = fc
  .uniqueArray(fc.nat(SIZE), { maxLength: 12 })
  .map(cuts => cuts.toSorted((a, b) => a - b))
  .chain(cuts =>
    fc.array(fc.boolean(), { minLength: cuts.length, maxLength: cuts.length }).map(kept =>
      cuts
        .slice(1)
        .map((end, i) => ({ start: cuts[i], end }))
        .filter((_, i) => kept[i]),
    ),
  )

const numbers = (list: readonly Range[]): number[] =>
  list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i))

const isMinimal = (list: readonly Range[]): boolean =>
  list.every(({ start, end }, i) => start < end && (i === 0 || list[i - 1].end < start))

describe('ranges', () => {
  it('union holds the numbers of either list, in as few ranges as can be', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const result = union(a, b)
        expect(isMinimal(result)).toBe(true)
        expect(numbers(result)).toEqual(
          [...new Set([...numbers(a), ...numbers(b)])].toSorted((x, y) => x - y),
        )
      }),
    )
  })

  it('overlap holds the numbers of both lists', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const result = overlap(a, b)
        expect(isMinimal(result)).toBe(true)
        expect(numbers(result)).toEqual(numbers(a).filter(n => numbers(b).includes(n)))
      }),
    )
  })

  it('subtract holds what of the whole is missing, also where ranges reach over its ends', () => {
    fc.assert(
      fc.property(ranges, fc.nat(SIZE), fc.nat(SIZE), (list, x, y) => {
        const whole = { start: Math.min(x, y), end: Math.max(x, y) }
        const result = subtract(whole, list)
        expect(isMinimal(result)).toBe(true)
        expect(numbers(result)).toEqual(numbers([whole]).filter(n => !numbers(list).includes(n)))
      }),
    )
  })

  it('what is missing and what is there make the whole', () => {
    fc.assert(
      fc.property(ranges, list => {
        expect(union(subtract(WHOLE, list), list)).toEqual([WHOLE])
        expect(overlap(subtract(WHOLE, list), list)).toEqual([])
      }),
    )
  })

  it('count and contains agree with the numbers written out', () => {
    fc.assert(
      fc.property(ranges, list => {
        const all = numbers(list)
        expect(countBatches(list)).toBe(all.length)
        for (let n = -1; n <= SIZE; n++) expect(contains(list, n)).toBe(all.includes(n))
      }),
    )
  })

  it('normaliseRanges gives the same for every order', () => {
    fc.assert(
      fc.property(
        ranges.chain(list => fc.tuple(fc.constant(list), shuffled(list))),
        ([list, other]) => {
          expect(normaliseRanges(other)).toEqual(union(list, []))
        },
      ),
    )
  })

  it('normaliseRanges joins neighbours and leaves out empty ranges', () => {
    const list = [
      { start: 4, end: 6 },
      { start: 9, end: 9 },
      { start: 1, end: 4 },
    ]
    expect(normaliseRanges(list)).toEqual([{ start: 1, end: 6 }])
  })

  it('normaliseRanges refuses numbers that lie in two ranges, and names them', () => {
    const list = [
      { start: 4, end: 9 },
      { start: 0, end: 20 },
      { start: 18, end: 21 },
    ]
    expect(() => normaliseRanges(list)).toThrow(DataError)
    expect(() => normaliseRanges(list)).toThrow('[4, 9) [18, 20) counted twice')
  })

  it('of many ranges only the first are written out', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ start: 2 * i, end: 2 * i + 1 }))
    expect(describeRanges(many)).toMatch(/^\[0, 1\) .* \[14, 15\) and 12 more$/)
  })
})

function shuffled<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length })
}
