import { badRecord, type DataError } from '../core/errors.js'
import type { AttributionRecord } from '../core/types.js'
import { allocateCorrected, mapCorrector, unusableValue } from './corrected-map.js'

/** Below this sum of squares no corrected map can overflow; above it the correction itself decides. */
const SURE = 1e300

/** The error for a sequence of fewer than k bases. */
export function tooShort(length: number, k: number): DataError {
  return badRecord(
    'short',
    `sequence has ${length} bases, expected at least k = ${k}; leave the record out or score with a smaller k`,
  )
}

/**
 * What tells bad records: the answer is the error that scoring with this k would end in, undefined for a good record
 * (method, section 1). Looks at lengths and values only; what cannot be read at all has no record.
 */
export function recordValidator(
  k: number,
): (record: Pick<AttributionRecord, 'sequence' | 'attribution'>) => DataError | undefined {
  const correctMap = mapCorrector('gram-schmidt')
  let corrected = allocateCorrected(0)
  const totals = { magnitude: 0, square: 0, unknown: 0, scale: 1 }
  return ({ sequence, attribution }) => {
    const { length } = sequence
    if (length < k) return tooShort(length, k)
    let squares = 0
    for (let i = 0; i < attribution.length; i++) squares += attribution[i] * attribution[i]
    if (squares < SURE) return undefined
    if (corrected.e1.length < length) corrected = allocateCorrected(length)
    return correctMap(attribution, sequence, corrected, totals) ? undefined : unusableValue(attribution)
  }
}
