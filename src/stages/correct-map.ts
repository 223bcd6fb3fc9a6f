import type { AttributionRecord, Stage } from '../core/types.js'
import { RecordWithMap } from '../dna/replaced-map.js'
import { correctValues } from '../dna/corrected-map.js'

/**
 * Gradient correction as a map again: the mean over bases subtracted at every position, those of N too.
 *
 * Error: `record`, for a value that is no finite number.
 */
export function correctMap(): Stage<AttributionRecord> {
  return {
    name: 'correct-map',
    params: null,
    connect(next) {
      const changed = new RecordWithMap()
      return record => {
        correctValues(record.attribution, changed.take(record))
        next(changed)
      }
    },
  }
}
