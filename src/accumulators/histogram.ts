import { DataError } from '../core/errors.js'
import type { Accumulator } from '../core/types.js'

export interface HistogramOptions {
  /** Bins cover [low, high) in equal widths. */
  readonly low: number
  readonly high: number
  readonly bins: number
}

export interface Histogram extends HistogramOptions {
  /** Values of each bin. */
  readonly counts: Float64Array
  readonly below: number
  /** Values of `high` and above. */
  readonly above: number
  /** Values that are NaN. */
  readonly undefined: number
}

/** Counts of a number of each record in bins of equal width, those below, above and NaN apart. Error: `usage`, for no bins. */
export function histogram<R>(
  { low, high, bins }: HistogramOptions,
  value: (record: R) => number,
  name = 'value',
): Accumulator<R, Float64Array, Histogram> {
  if (!(low < high && Number.isFinite(high - low)) || !Number.isInteger(bins) || bins < 1) {
    throw new DataError(
      'usage',
      `a histogram of ${bins} bins over [${low}, ${high}), expected 1 bin or more over [low, high)`,
    )
  }
  return {
    name: 'histogram',
    params: { low, high, bins, of: name },
    empty: () => new Float64Array(bins + 3),
    add(state, record) {
      const x = value(record)
      state[Number.isNaN(x) ? bins + 2 : x < low ? bins : x >= high ? bins + 1 : binOf(x)]++
    },
    merge(into, from) {
      for (let i = 0; i < from.length; i++) into[i] += from[i]
    },
    result: state => ({
      low,
      high,
      bins,
      counts: state.slice(0, bins),
      below: state[bins],
      above: state[bins + 1],
      undefined: state[bins + 2],
    }),
    save: state => ({ counts: state.slice() }),
    load({ counts }) {
      if (counts?.length !== bins + 3) throw new RangeError(`saved histogram does not have ${bins} bins`)
      return Float64Array.from(counts)
    },
  }

  function binOf(x: number): number {
    return Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins))
  }
}

/**
 * The q-quantile of the values in a histogram, as a value within its bin by linear interpolation: off by one bin's width at most.
 * Undefined without values, and where it lies below or above the bins.
 */
export function histogramQuantile(histogram: Histogram, q: number): number | undefined {
  const { low, high, bins, counts, below, above } = histogram
  let total = below + above
  for (const count of counts) total += count
  let rank = q * total - below
  if (total === 0 || rank < 0) return undefined
  for (let bin = 0; bin < bins; bin++) {
    if (counts[bin] > 0 && rank <= counts[bin]) {
      return low + ((high - low) * (bin + rank / counts[bin])) / bins
    }
    rank -= counts[bin]
  }
  return undefined
}
