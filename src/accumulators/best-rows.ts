import { loadTexts, saveTexts, sortedJson } from '../core/saved-text.js'
import type { Accumulator, Json } from '../core/types.js'
import { mix32 } from '../core/hash.js'

/** A kept row with what it is ranked by. */
interface Ranked {
  readonly rank: number
  /** Canonical JSON: ties of rank are distinguished by it, so that the order of records does not show. */
  readonly json: string
}

/**
 * The `k` rows of the largest values, largest first; ties in the order of the rows' JSON. Records whose value is NaN have none.
 *
 * @param value What rows are ranked by.
 * @param row What is kept of a record, as plain data of its own.
 */
export function topK<R, J extends Json>(
  k: number,
  value: (record: R) => number,
  row: (record: R) => J,
  name = 'value',
): Accumulator<R, Ranked[], readonly J[]> {
  return bestRows('top-k', { k, of: name }, k, value, row)
}

/**
 * A sample of `n` records by the hash of their ids: the same ones whatever the order and the split, and of a larger sample a
 * part. Records of one id come and go together, up to ties.
 *
 * @param row What is kept of a record, as plain data of its own.
 */
export function sample<R extends { readonly idHash: number; readonly idCheck: number }, J extends Json>(
  n: number,
  row: (record: R) => J,
): Accumulator<R, Ranked[], readonly J[]> {
  const rank = ({ idHash, idCheck }: R) => -(mix32(idHash ^ SALT) * 2 ** 21 + (mix32(idCheck) >>> 11))
  return bestRows('sample', { n }, n, rank, row)
}

const SALT = 0x73616d70

function bestRows<R, J extends Json>(
  name: string,
  params: Json,
  most: number,
  rank: (record: R) => number,
  row: (record: R) => J,
): Accumulator<R, Ranked[], readonly J[]> {
  /** Rows wait until there are twice as many, so that sorting costs little a record. */
  const trim = (state: Ranked[]) => {
    state.sort((a, b) => b.rank - a.rank || (a.json < b.json ? -1 : a.json > b.json ? 1 : 0))
    if (state.length > most) state.length = most
  }
  const kept = (state: readonly Ranked[]) => {
    const all = [...state]
    trim(all)
    return all
  }
  const put = (state: Ranked[], ranked: Ranked) => {
    state.push(ranked)
    if (state.length >= 2 * most + 64) trim(state)
  }
  return {
    name,
    params,
    empty: () => [],
    add(state, record) {
      const value = rank(record)
      // Of zeros there is one: -0 + 0 is 0.
      if (!Number.isNaN(value)) put(state, { rank: value + 0, json: sortedJson(row(record)) })
    },
    merge(into, from) {
      for (const ranked of from) put(into, ranked)
    },
    result: state => kept(state).map(({ json }) => JSON.parse(json) as J),
    save(state) {
      const rows = kept(state)
      return { ...saveTexts(rows.map(({ json }) => json)), ranks: Float64Array.from(rows, each => each.rank) }
    },
    load(arrays) {
      const texts = loadTexts(arrays)
      if (arrays['ranks']?.length !== texts.length) throw new RangeError('saved rows do not fit their ranks')
      return texts.map((json, i) => ({ json, rank: arrays['ranks'][i] }))
    },
  }
}
