import type { Accumulator, AttributionRecord } from '../core/types.js'
import { keyOf } from '../core/hash.js'
import { KeySample } from '../stats/sums/key-sample.js'

export interface DuplicateIds {
  /** Ids looked at: all of them while there are at most 65,536 different ones, else an even sample of that many. */
  readonly ids: number
  /** How many of those occur more than once. */
  readonly duplicated: number
  /** Whether all ids were looked at. */
  readonly exact: boolean
}

/** 65,536 ids take at most 4 MB; two of this many share a 53-bit hash with a chance of 2e-7. */
const CAPACITY = 65_536

/** Counts ids that occur more than once, in constant memory, whatever the order and the split. */
export function duplicateIds(): Accumulator<
  Pick<AttributionRecord, 'idHash' | 'idCheck'>,
  KeySample,
  DuplicateIds
> {
  return {
    name: 'duplicate-ids',
    params: { capacity: CAPACITY },
    empty: () => new KeySample(CAPACITY),
    add: (sample, record) => sample.add(keyOf(record)),
    merge: (into, from) => into.merge(from),
    result(sample) {
      const { kept, repeated } = sample.tally()
      return { ids: kept, duplicated: repeated, exact: kept < CAPACITY }
    },
    save: sample => sample.save(),
    load: arrays => KeySample.load(arrays, CAPACITY),
  }
}
