import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { MapElement } from '../../core/map-table.js'

/** Options of how values of maps are stored. */
export const ELEMENT_FLAGS = {
  float16: { boolean: true, default: false, describe: 'store maps in 2 bytes per value (default: 4)' },
  float64: { boolean: true, default: false, describe: 'store maps in 8 bytes per value (default: 4)' },
} as const

export type ElementFlags = InferredOptionTypes<typeof ELEMENT_FLAGS>

/** Error: `usage`, for both at once. */
export function elementOf({ float16, float64 }: ElementFlags): MapElement {
  if (float16 && float64) throw new DataError('usage', 'give --float16 or --float64, not both')
  return float16 ? 'float16' : float64 ? 'float64' : 'float32'
}
