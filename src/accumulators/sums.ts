import type { Accumulator } from '../core/types.js'
import { SignedSums } from '../stats/signed-sums.js'

/** Numbers by name. */
export type Numbers<N extends string> = { readonly [name in N]: number }

/**
 * Sums of fields of records, exact: the sum of any multiset of doubles is the nearest double to its true value, in any order
 * and split. Errors: `record`, for a value that is not finite.
 */
export function sums<const N extends string>(
  ...names: readonly N[]
): Accumulator<Numbers<N>, SignedSums, Numbers<N>> {
  return {
    name: 'sums',
    params: [...names],
    empty: () => SignedSums.of(names.length),
    add(state, record) {
      for (let i = 0; i < names.length; i++) state.add(i, record[names[i]])
    },
    merge: (into, from) => into.merge(from),
    result(state) {
      const values = state.values()
      return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Numbers<N>
    },
    save: state => state.save(),
    load: arrays => SignedSums.load(arrays, names.length),
  }
}
