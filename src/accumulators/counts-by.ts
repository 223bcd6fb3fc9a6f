import { loadTexts, saveTexts } from '../core/saved-text.js'
import type { Accumulator } from '../core/types.js'

/**
 * How often each key occurs; the result is in the order of the keys. Memory is that of the different keys: for many of them use
 * `distinct` or `topK`.
 */
export function countsBy<R>(
  key: (record: R) => string,
  name = 'key',
): Accumulator<R, Map<string, number>, ReadonlyMap<string, number>> {
  const sorted = (state: ReadonlyMap<string, number>) =>
    [...state].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return {
    name: 'counts-by',
    params: name,
    empty: () => new Map(),
    add(state, record) {
      const of = key(record)
      state.set(of, (state.get(of) ?? 0) + 1)
    },
    merge(into, from) {
      for (const [of, count] of from) into.set(of, (into.get(of) ?? 0) + count)
    },
    result: state => new Map(sorted(state)),
    save(state) {
      const entries = sorted(state)
      return {
        ...saveTexts(entries.map(([of]) => of)),
        counts: Float64Array.from(entries, ([, count]) => count),
      }
    },
    load(arrays) {
      const keys = loadTexts(arrays)
      if (arrays['counts']?.length !== keys.length) throw new RangeError('saved counts do not fit their keys')
      return new Map(keys.map((of, i) => [of, arrays['counts'][i]]))
    },
  }
}
