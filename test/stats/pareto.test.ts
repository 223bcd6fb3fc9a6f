import { describe, expect, it } from 'vitest'
import { beatenBy, beatenByValue, figureAxis, type ParetoAxis } from '../../src/stats/pareto.js'

interface Row {
  readonly name: string
  readonly figure: number | null
  readonly se: number
  readonly worth: number
}

const worth: ParetoAxis<Row> = { of: row => row.worth, margin: () => 0.1 }
const figure = (lower: boolean) => figureAxis<Row>(row => row.figure, { lower, error: row => row.se })
const row = (name: string, figure: number | null, se: number, worth: number): Row => ({
  name,
  figure,
  se,
  worth,
})
const names = (rows: readonly (Row | undefined)[]) => rows.map(row => row?.name)

describe('a figure', () => {
  const rows = [row('a', 1, 0, 1), row('b', 2, 0, 1), row('c', null, 0, 5)]
  it('is better where it is higher, or lower where that is said, and nothing where there is none', () => {
    expect(names(beatenBy(rows, [figure(false), worth]))).toEqual(['b', undefined, undefined])
    expect(names(beatenBy(rows, [figure(true), worth]))).toEqual([undefined, 'a', undefined])
  })
  it('has errors that add up as independent: 1.96 times their root sum of squares must be exceeded', () => {
    // 1.96 · √(0.3² + 0.4²) = 0.98.
    const apart = (by: number) => [row('a', 1, 0.3, 1), row('b', 1 + by, 0.4, 1)]
    expect(names(beatenBy(apart(0.97), [figure(false), worth]))).toEqual([undefined, undefined])
    expect(names(beatenBy(apart(0.99), [figure(false), worth]))).toEqual(['b', undefined])
    expect(names(beatenBy(apart(0.97), [figure(true), worth]))).toEqual([undefined, undefined])
    expect(names(beatenBy(apart(0.99), [figure(true), worth]))).toEqual([undefined, 'a'])
  })
  it('has none where values count as they are', () => {
    const rows = [row('a', 1, 9, 1), row('b', 1.01, 9, 1)]
    expect(names(beatenByValue(rows, [figure(false), worth]))).toEqual(['b', undefined])
    expect(names(beatenBy(rows, [figure(false), worth]))).toEqual([undefined, undefined])
  })
})
