import type { AttributionRecord } from '../core/types.js'
import { N } from './bases.js'
import { isProjected } from './corrected-map.js'

/** Of some positions: at how many the observed base has a corrected value above 0, and at how many the largest of the four. */
export interface ObservedBases {
  positive: number
  largest: number
}

type MapOfSequence = Pick<AttributionRecord, 'sequence' | 'attribution'>

/** Looks at the first `count` of these positions, none of them N. A tie for the largest value is none. */
export function basesOfAttributed(
  { sequence, attribution }: MapOfSequence,
  positions: Int32Array,
  count: number,
  found: ObservedBases,
): void {
  let positive = 0
  let largest = 0
  for (let i = 0; i < count; i++) {
    const p = 4 * positions[i]
    const base = sequence[positions[i]]
    const a = attribution[p]
    const c = attribution[p + 1]
    const g = attribution[p + 2]
    const t = attribution[p + 3]
    const own = attribution[p + base]
    if (own - (a + c + g + t) * 0.25 > 0) positive++
    const below = (a < own ? 1 : 0) + (c < own ? 1 : 0) + (g < own ? 1 : 0) + (t < own ? 1 : 0)
    if (below === 3) largest++
  }
  found.positive = positive
  found.largest = largest
}

/** Whether any value is below 0. */
export function hasNegative(attribution: Float32Array | Float64Array): boolean {
  for (let p = 0; p < attribution.length; p++) if (attribution[p] < 0) return true
  return false
}

/**
 * Where a map has its zeros: `observed`, if the observed base is 0 at every position, as in the differences that in-silico
 * mutagenesis gives; `elsewhere`, if every position has exactly one 0, but not always at the observed base; undefined for other
 * maps. N positions tell nothing.
 */
export function describeZeros(
  attribution: Float32Array | Float64Array,
  sequence: Uint8Array,
): 'observed' | 'elsewhere' | undefined {
  let observed = true
  let single = true
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    const base = sequence[i]
    if (base >= N) continue
    if (attribution[p + base] !== 0) observed = false
    const zeros =
      (attribution[p] === 0 ? 1 : 0) +
      (attribution[p + 1] === 0 ? 1 : 0) +
      (attribution[p + 2] === 0 ? 1 : 0) +
      (attribution[p + 3] === 0 ? 1 : 0)
    if (zeros !== 1) single = false
    if (!observed && !single) return undefined
  }
  return observed ? 'observed' : 'elsewhere'
}

/**
 * Whether a projected map (attribution times one-hot: at most one channel of a position is not 0) has a channel that is not the
 * observed base: then it belongs to another sequence.
 */
export function isProjectedElsewhere({ sequence, attribution }: MapOfSequence): boolean {
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    const base = sequence[i]
    if (base >= N) continue
    for (let b = 0; b < 4; b++) if (b !== base && attribution[p + b] !== 0) return isProjected(attribution)
  }
  return false
}
