import type { ModelScore } from '../../src/metrics/model-score.js'
import { metricOptions } from '../../src/metrics/options.js'
import { recordOf } from './records.js'
import { scoreRecords } from './score.js'

/** A score of three small maps, whose fields tests replace by those they are about. */
export const PLAIN_SCORE: ModelScore = scoreRecords(
  Array.from({ length: 3 }, (_, row) =>
    recordOf(
      String(row),
      'ACGTACGT',
      Array.from({ length: 32 }, (_, p) => p % 3),
    ),
  ),
  metricOptions({ kmer: { k: 2, q: 0.2 } }),
)
