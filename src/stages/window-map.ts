import type { AttributionRecord, Stage } from '../core/types.js'
import { N } from '../dna/bases.js'
import { RecordWithMap } from '../dna/replaced-map.js'
import { type WindowKind, windowSpan, windowStart } from '../dna/windows.js'

export interface MapWindowOptions {
  readonly width: number
  readonly kind: WindowKind
  readonly reduce: 'mean' | 'sum'
}

/**
 * A map whose vectors are the means or sums of those of a window of positions; 0 in all channels where a position has no
 * window, for its ends or because it touches an N.
 */
export function windowMap(options: MapWindowOptions): Stage<AttributionRecord> {
  const { width, kind, reduce } = options
  const shape = { kind, width }
  const scale = reduce === 'mean' ? 1 / width : 1
  return {
    name: 'window-map',
    params: { width, kind, reduce },
    connect(next) {
      const changed = new RecordWithMap()
      return record => {
        const { sequence, attribution } = record
        const length = sequence.length
        const values = changed.take(record).fill(0)
        const { start, end } = windowSpan(shape, length)
        for (let i = start; i < end; i++) {
          let p = windowStart(shape, i)
          let known = true
          for (let j = 0; j < width && known; j++) {
            known = sequence[p] !== N
            for (let b = 0; b < 4; b++) values[4 * i + b] += attribution[4 * p + b]
            if (++p === length) p = 0
          }
          for (let b = 0; b < 4; b++) values[4 * i + b] = known ? values[4 * i + b] * scale : 0
        }
        next(changed)
      }
    },
  }
}
