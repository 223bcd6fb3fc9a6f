import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dominatedBy } from '../../src/stats/pareto.js'

const none = () => 0

/** Which rows no other is at least as large as in every value and larger than in one. */
function paretoFront(rows: readonly (readonly number[])[]): boolean[] {
  const beats = (a: readonly number[], b: readonly number[]) =>
    a.every((value, i) => value >= b[i]) && a.some((value, i) => value > b[i])
  return rows.map(row => !rows.some(other => beats(other, row)))
}

describe('a row is beaten', () => {
  it('by one that is as high everywhere and higher somewhere by more than the error', () => {
    const rows = [
      [1, 1],
      [1, 0.9],
      [0.5, 0.5],
    ]
    expect(dominatedBy(rows, () => 0.2)).toEqual([undefined, undefined, 0])
    expect(dominatedBy(rows, () => 0.05)).toEqual([undefined, 0, 0])
  })
  it('by none that is lower on an axis, by however little', () => {
    expect(
      dominatedBy(
        [
          [9, 9, 0.99],
          [0, 0, 1],
        ],
        none,
      ),
    ).toEqual([undefined, undefined])
  })
  it('by none where it has no value, and beats none then', () => {
    expect(
      dominatedBy(
        [
          [null, 5],
          [1, 1],
          [2, 2],
        ],
        none,
      ),
    ).toEqual([undefined, 2, undefined])
  })
  it('by errors of its own axis and rows', () => {
    const rows = [
      [1, 1],
      [0, 1],
    ]
    expect(dominatedBy(rows, axis => (axis === 0 ? 2 : 0))).toEqual([undefined, undefined])
    expect(dominatedBy(rows, (_, i, j) => (i === 1 && j === 0 ? 0.5 : 2))).toEqual([undefined, 0])
  })
  it('never where it is on the plain front; equal rows beat neither', () => {
    const rows = [
      [1, 1],
      [2, 0],
      [0, 2],
      [0, 0],
      [2, 0],
      [1, 0.5],
    ]
    expect(dominatedBy(rows, none).map(by => by === undefined)).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ])
  })
  it('as on the plain front where there are no errors, and less often with them', () => {
    const row = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), fc.integer({ min: 0, max: 3 }), (rows, error) => {
        const plain = dominatedBy(rows, none).map(by => by === undefined)
        expect(plain).toEqual(paretoFront(rows))
        const wide = dominatedBy(rows, () => error).map(by => by === undefined)
        for (const [i, is] of plain.entries()) if (is) expect(wide[i]).toBe(true)
      }),
    )
  })
})
