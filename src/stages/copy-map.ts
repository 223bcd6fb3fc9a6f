import type { Row } from '../core/table.js'
import type { AttributionRecord, Stage } from '../core/types.js'
import { LETTER_BYTES } from '../dna/bases.js'

/** A map of its own, to be kept and written. */
export interface CopiedMap {
  readonly id: string
  /** A letter a position, in ASCII. */
  readonly letters: Uint8Array
  /** Four a position, in the order A C G T. */
  readonly values: Float32Array | Float64Array
  /** Values of the columns that were asked for, if any. */
  readonly kept?: Row | undefined
}

/** Each record as an object that outlasts it, its values doubles unless they are to be singles. */
export function copyMap(options: {
  element: 'float16' | 'float32' | 'float64'
}): Stage<AttributionRecord, CopiedMap> {
  const { element } = options
  return {
    name: 'copy-map',
    params: { element },
    connect:
      next =>
      ({ id, sequence, attribution, extra }) =>
        next({
          id,
          letters: sequence.map(code => LETTER_BYTES[code]),
          values: element === 'float32' ? Float32Array.from(attribution) : Float64Array.from(attribution),
          ...(extra && { kept: { ...extra } }),
        }),
  }
}
