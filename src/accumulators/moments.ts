import type { Accumulator } from '../core/types.js'
import { SignedSums, toDouble, UNIT } from '../stats/signed-sums.js'

/** The first two moments of a variable over n values. */
export interface Moments {
  readonly n: number
  /** Undefined without a value. */
  readonly mean: number | undefined
  /** Unbiased, over n - 1; undefined for fewer than two values. */
  readonly variance: number | undefined
}

/** Cells: n, sum of values, and sum of their squares in two parts, rounded square and its error. */
const CELLS = 4
/** Bits kept of a quotient below its unit. */
const MORE = 64n
/** Splits a double into two halves whose products are exact (Dekker 1971). */
const SPLIT = 2 ** 27 + 1

/**
 * Mean and variance of a number of each record, from exact sums of the values and of their squares: the order and the split
 * of the records do not matter, and no digits are lost where the mean is large.
 *
 * @param value Its number, of magnitude below 1e150. Errors: `record`, for one that is not finite.
 */
export function moments<R>(
  value: (record: R) => number,
  name = 'value',
): Accumulator<R, SignedSums, Moments> {
  return {
    name: 'moments',
    params: name,
    empty: () => SignedSums.of(CELLS),
    add(state, record) {
      const x = value(record)
      const square = x * x
      const big = SPLIT * x
      const high = big - (big - x)
      const low = x - high
      state.add(0, 1)
      state.add(1, x)
      state.add(2, square)
      state.add(3, low * low - (square - high * high - 2 * high * low))
    },
    merge: (into, from) => into.merge(from),
    result(state) {
      const [n, sum] = state.values()
      if (n === 0) return { n, mean: undefined, variance: undefined }
      const [count, total, squares, rest] = state.units()
      const records = count >> BigInt(-UNIT)
      const pairs = records * (records - 1n)
      const deviations = ((records * (squares + rest)) << BigInt(-UNIT)) - total * total
      const variance = n < 2 ? undefined : toDouble((deviations << MORE) / pairs, 2 * UNIT - Number(MORE))
      return { n, mean: sum / n, variance }
    },
    save: state => state.save(),
    load: arrays => SignedSums.load(arrays, CELLS),
  }
}
