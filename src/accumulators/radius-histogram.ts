import type { Accumulator } from '../core/types.js'
import type { WindowsRecord } from '../dna/records.js'
import { Counts } from '../stats/sums/counts.js'
import {
  BINS_PER_EXPONENT,
  EXPONENTS,
  type RadiusHistogram,
  radiusBin,
} from '../stats/sums/radius-bracket.js'

/**
 * Counts the radii of all windows in bins fine enough to say between which two numbers a global cut lies: the first of
 * the two passes of an exact global threshold.
 */
export function radiusHistogram(): Accumulator<WindowsRecord, Counts, RadiusHistogram> {
  return {
    name: 'radius-histogram',
    params: { binsPerOctave: BINS_PER_EXPONENT },
    empty: () => new Counts(EXPONENTS, BINS_PER_EXPONENT),
    add(counts, { squares, start, end, scale }) {
      const { values } = squares
      for (let i = start; i < end; i++) {
        if (values[i] < 0) continue
        const bin = radiusBin(Math.sqrt(values[i]) * scale)
        counts.add(Math.floor(bin / BINS_PER_EXPONENT), bin % BINS_PER_EXPONENT)
      }
    },
    merge: (into, from) => into.merge(from),
    result: counts => counts,
    save: counts => counts.save(),
    load: arrays => Counts.load(arrays, EXPONENTS, BINS_PER_EXPONENT),
  }
}
