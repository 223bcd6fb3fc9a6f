import type { Accumulator } from '../core/types.js'
import { CHECK_MULTIPLIER, fnv1a, mix32 } from '../core/hash.js'
import { KeySample } from '../stats/sums/key-sample.js'

export interface Distinct {
  /** Different keys: exact, or estimated with a standard error of about 0.4 %. */
  readonly count: number
  readonly exact: boolean
}

/** Keys kept: up to as many the count is exact, beyond it has a relative error of 1 / sqrt(65,536). */
const CAPACITY = 65_536
/** Hashes are of 53 bits. */
const HASHES = 2 ** 53

/**
 * How many different keys occur, in constant memory (at most 4 MB): the 65,536 smallest hashes of keys are kept, and the
 * largest of them tells how densely they lie (bottom-k sketch).
 *
 * Source: Z. Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM 2002.
 */
export function distinct<R>(key: (record: R) => string, name = 'key'): Accumulator<R, KeySample, Distinct> {
  const encoder = new TextEncoder()
  return {
    name: 'distinct',
    params: { of: name, capacity: CAPACITY },
    empty: () => new KeySample(CAPACITY),
    add(state, record) {
      const bytes = encoder.encode(key(record))
      const high = mix32(fnv1a(bytes))
      const low = mix32(fnv1a(bytes, 0, bytes.length, CHECK_MULTIPLIER)) >>> 11
      state.add(high * 2 ** 21 + low)
    },
    merge: (into, from) => into.merge(from),
    result(state) {
      const kept = state.kept()
      if (kept.length < CAPACITY) return { count: kept.length, exact: true }
      const largest = kept[CAPACITY - 1][0]
      return { count: Math.round(((CAPACITY - 1) / (largest + 1)) * HASHES), exact: false }
    },
    save: state => state.save(),
    load: arrays => KeySample.load(arrays, CAPACITY),
  }
}
