import type { Accumulator } from '../core/types.js'
import { N } from '../dna/bases.js'
import type { AttributionRecord } from '../core/types.js'
import { SignedSums } from '../stats/signed-sums.js'

/** Attribution mass along the window, by bins of equal width. */
export interface MassProfile {
  readonly bins: number
  /** Positions that fell into each bin, N left out. */
  readonly positions: Float64Array
  /** Sum of the positive contributions of the bases of the sequence, and of the negative ones (at most 0). */
  readonly positive: Float64Array
  readonly negative: Float64Array
}

/**
 * Where in the window attribution lies. The contribution of a position is the value of the base of the sequence less the mean
 * over the four bases; position i of L falls into bin floor(i · bins / L), so that with bins = L each has its own.
 */
export function massProfile({
  bins,
}: {
  bins: number
}): Accumulator<Pick<AttributionRecord, 'sequence' | 'attribution'>, SignedSums, MassProfile> {
  return {
    name: 'mass-profile',
    params: { bins },
    empty: () => SignedSums.of(3 * bins),
    add(state, { sequence, attribution }) {
      const { length } = sequence
      for (let i = 0; i < length; i++) {
        const base = sequence[i]
        if (base >= N) continue
        const at = 4 * i
        const mean = (attribution[at] + attribution[at + 1] + attribution[at + 2] + attribution[at + 3]) / 4
        const bin = Math.floor((i * bins) / length)
        const mass = attribution[at + base] - mean
        state.add(bin, 1)
        state.add(mass < 0 ? 2 * bins + bin : bins + bin, mass)
      }
    },
    merge: (into, from) => into.merge(from),
    result(state) {
      const values = state.values()
      return {
        bins,
        positions: values.slice(0, bins),
        positive: values.slice(bins, 2 * bins),
        negative: values.slice(2 * bins),
      }
    },
    save: state => state.save(),
    load: arrays => SignedSums.load(arrays, 3 * bins),
  }
}
