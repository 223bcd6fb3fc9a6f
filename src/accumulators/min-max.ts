import type { Accumulator } from '../core/types.js'

/** The least and the largest value; undefined without one. NaN is no value. */
export interface MinMax {
  readonly min: number | undefined
  readonly max: number | undefined
}

/** The least and the largest of a number of each record. */
export function minMax<R>(
  value: (record: R) => number,
  name = 'value',
): Accumulator<R, Float64Array, MinMax> {
  const { POSITIVE_INFINITY: none } = Number
  const widen = (state: Float64Array, low: number, high: number) => {
    state[0] = Math.min(state[0], low)
    state[1] = Math.max(state[1], high)
  }
  return {
    name: 'min-max',
    params: name,
    empty: () => Float64Array.of(none, -none),
    add(state, record) {
      const x = value(record)
      if (!Number.isNaN(x)) widen(state, x, x)
    },
    merge: (into, from) => widen(into, from[0], from[1]),
    result: ([min, max]) => (min <= max ? { min, max } : { min: undefined, max: undefined }),
    save: state => ({ range: state.slice() }),
    load({ range }) {
      if (range?.length !== 2) throw new RangeError('saved range is incomplete')
      return Float64Array.from(range)
    },
  }
}
