import type { AttributionRecord } from '../core/types.js'
import { integers, isReached, kernels } from '../kernels/kernels.js'

/** Of some positions: at how many the observed base has a corrected value above 0, and at how many the largest of the four. */
export interface ObservedBases {
  positive: number
  largest: number
}

const result = integers(2)

/** Looks at the first `count` of these positions, none of them N. A tie for the largest value is none. */
export function observedBases(
  { sequence, attribution }: Pick<AttributionRecord, 'sequence' | 'attribution'>,
  positions: Int32Array,
  count: number,
  found: ObservedBases,
): void {
  if (
    kernels !== undefined &&
    isReached(result) &&
    isReached(attribution) &&
    isReached(sequence) &&
    isReached(positions)
  ) {
    const look = attribution instanceof Float32Array ? kernels.observedFloats : kernels.observedDoubles
    look(attribution.byteOffset, sequence.byteOffset, positions.byteOffset, count, result.byteOffset)
    found.positive = result[0]
    found.largest = result[1]
    return
  }
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
