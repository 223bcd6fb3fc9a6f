import type { Accumulator, AttributionRecord } from '../core/types.js'
import { mix32 } from '../core/hash.js'

export interface IdDigest {
  readonly count: number
  /** 128 bits in hex, equal where the same ids were met, as often each, in any order. */
  readonly digest: string
}

interface State {
  readonly sums: Uint32Array
  count: number
}

const LANES = 4
const SALTS = [0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5ceddc3f]

/** A digest of all ids in 16 bytes: the sum, lane by lane and modulo 2^32, of four mixes of each id's two hashes. */
export function idDigest(): Accumulator<Pick<AttributionRecord, 'idHash' | 'idCheck'>, State, IdDigest> {
  return {
    name: 'id-digest',
    params: null,
    empty: () => ({ sums: new Uint32Array(LANES), count: 0 }),
    add(state, { idHash, idCheck }) {
      for (let i = 0; i < LANES; i++) state.sums[i] += mix32(mix32(idHash ^ SALTS[i]) ^ idCheck)
      state.count++
    },
    merge(into, from) {
      for (let i = 0; i < LANES; i++) into.sums[i] += from.sums[i]
      into.count += from.count
    },
    result: ({ sums, count }) => ({
      count,
      digest: Array.from(sums, sum => sum.toString(16).padStart(8, '0')).join(''),
    }),
    save: ({ sums, count }) => ({ sums: sums.slice(), count: Float64Array.of(count) }),
    load({ sums, count }) {
      if (sums?.length !== LANES || count?.length !== 1) throw new RangeError('saved id digest is incomplete')
      return { sums: Uint32Array.from(sums), count: count[0] }
    },
  }
}
