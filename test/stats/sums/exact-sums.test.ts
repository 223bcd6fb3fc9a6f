import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactSums } from '../../../src/stats/sums/exact-sums.js'
import { bytesOf } from '../../support/laws.js'

const view = new DataView(new ArrayBuffer(8))

/** A double >= 0 as a whole number of 2^-1074. */
function units(value: number): bigint {
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = bits >> 52n
  const fraction = bits & ((1n << 52n) - 1n)
  return exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
}

/** The sums as whole numbers of 2^-1074, from the limbs as saved. */
function exact(sums: ExactSums): bigint[] {
  const { planes, limbs } = sums.save()
  return Array.from({ length: sums.cells }, (_, cell) =>
    Array.from(planes).reduce(
      (sum, plane, i) => sum + (BigInt(limbs[i * sums.cells + cell]) << BigInt(32 * plane)),
      0n,
    ),
  )
}

/** Distance of a double from an exact sum, in units of the double's last place. */
function ulps(value: number, sum: bigint): number {
  view.setFloat64(0, value)
  const exponent = view.getBigUint64(0) >> 52n
  const ulp = 1n << (exponent === 0n ? 0n : exponent - 1n)
  const distance = units(value) - sum
  return Number(((distance < 0n ? -distance : distance) * 1000n) / ulp) / 1000
}

const weight = fc.oneof(
  fc.double({ min: 0, max: 1e300, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 2 ** -1022, noNaN: true }),
  fc.integer({ min: 0, max: 1021 }).map(exponent => 2 ** exponent),
  fc.integer({ min: -1074, max: 0 }).map(exponent => 2 ** exponent),
  fc.constantFrom(0, Number.MIN_VALUE, 2 ** -1022, 2 ** -1022 - Number.MIN_VALUE, 1, 1 - 2 ** -53, 1e300),
)
const additions = fc.array(fc.tuple(fc.nat(2), weight), { maxLength: 200 })

describe('exact sums', () => {
  it('are those of rational arithmetic, whatever the sizes', () => {
    fc.assert(
      fc.property(additions, list => {
        const sums = new ExactSums(3)
        const expected = [0n, 0n, 0n]
        for (const [cell, value] of list) {
          sums.add(cell, value)
          expected[cell] += units(value)
        }
        expect(exact(sums)).toEqual(expected)
        for (const [cell, value] of sums.values().entries()) {
          expect(ulps(value, expected[cell])).toBeLessThanOrEqual(1.5)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('of a single weight are that weight, for every exponent', () => {
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      for (const fraction of [1, 1.5, 2 - 2 ** -52]) {
        const value = fraction * 2 ** exponent
        const sums = new ExactSums(1)
        sums.add(0, value)
        expect(exact(sums)[0]).toBe(units(value))
        expect(sums.values()[0]).toBe(value)
      }
    }
  })

  it('do not depend on order, on the split or on when carries are made', () => {
    fc.assert(
      fc.property(additions, fc.array(fc.nat(), { minLength: 200, maxLength: 200 }), (list, order) => {
        const straight = new ExactSums(3)
        for (const [cell, value] of list) straight.add(cell, value)
        const parts = [new ExactSums(3), new ExactSums(3)]
        const shuffled = [...list.keys()].toSorted((i, j) => order[i] - order[j])
        for (const i of shuffled) {
          parts[order[i] & 1].add(...list[i])
          if (order[i] % 7 === 0) parts[0].values()
        }
        parts[0].merge(parts[1])
        expect(bytesOf(parts[0].save())).toEqual(bytesOf(straight.save()))
        expect(parts[0].values()).toEqual(straight.values())
      }),
    )
  })

  it('stay exact over more than 2^20 additions of full limbs', () => {
    const sums = new ExactSums(2)
    const heavy = 2 ** 53 - 1 // all bits set
    const times = 2 ** 21 + 12_345
    for (let i = 0; i < times; i++) sums.add(1, heavy)
    expect(exact(sums)).toEqual([0n, units(heavy) * BigInt(times)])
    expect(ulps(sums.values()[1], units(heavy) * BigInt(times))).toBeLessThanOrEqual(1)
  })

  it('stay exact over merges of merges', () => {
    let sums = new ExactSums(1)
    sums.add(0, 2 - 2 ** -52)
    for (let i = 0; i < 60; i++) {
      const twice = new ExactSums(1)
      twice.merge(sums)
      twice.merge(sums)
      sums = twice
    }
    expect(exact(sums)).toEqual([units(2 - 2 ** -52) << 60n])
  })

  it('fold blocks of cells onto one', () => {
    const sums = new ExactSums(6)
    for (let cell = 0; cell < 6; cell++) sums.add(cell, 10 ** cell + 0.5)
    expect([...sums.fold(2).values()]).toEqual([10_101 + 1.5, 101_010 + 1.5])
    expect([...sums.fold(1).values()]).toEqual([111_114])
    expect([...sums.values()]).toEqual([1.5, 10.5, 100.5, 1000.5, 10_000.5, 100_000.5])
  })

  it('beyond the largest double are Infinity, and leave other cells as they are', () => {
    const sums = new ExactSums(2)
    sums.add(0, 1)
    for (let i = 0; i < 2 ** 17; i++) sums.add(1, Number.MAX_VALUE)
    expect([...sums.values()]).toEqual([1, Number.POSITIVE_INFINITY])
  })

  it('refuse what is not a finite number >= 0', () => {
    for (const weight of [Number.NaN, Number.POSITIVE_INFINITY, -1, -Number.MIN_VALUE]) {
      expect(() => new ExactSums(1).add(0, weight)).toThrow(
        `a weight is ${weight}, expected a finite number >= 0`,
      )
    }
  })

  it('refuse another number of cells', () => {
    const three = new ExactSums(3)
    three.add(2, 1)
    expect(() => new ExactSums(2).merge(three)).toThrow('3 cells cannot be added to 2')
    expect(() => ExactSums.load(three.save(), 2)).toThrow('saved sums do not have 2 cells')
    expect(() => ExactSums.load({}, 2)).toThrow('saved sums do not have 2 cells')
  })
})
