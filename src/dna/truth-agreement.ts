import type { AttributionRecord } from '../core/types.js'
import { rankingAreas } from '../stats/ranking.js'
import { N } from './bases.js'
import { BACKGROUND, classifyPositions, SIGNAL } from './truth-classes.js'

/** What is ranked at a position: the corrected map at the observed base, or the map as it is. */
export type TruthScore = 'corrected' | 'raw'

/** How one map agrees with its ground truth; NaN where there is nothing to measure. */
export interface TruthAgreement {
  /** Mean score of the positions of motifs; NaN where there are none. */
  signal: number
  /** Mean of the ten largest scores of the background; NaN where fewer are above 0, or there is no signal. */
  noise: number
  /** Signal over noise. */
  snr: number
  /** Areas of the ranking of positions of motifs over background; NaN where one of them is missing. */
  auroc: number
  aupr: number
}

/** Largest scores of the background whose mean is the noise (method, section 7). */
const TOP = 10

/**
 * The function that measures a record with ground truth (method, section 7; tfomics' evaluate.py). N is no position.
 *
 * Errors: `record`, for a truth of what are no probabilities.
 */
export function truthMeter(score: TruthScore): (record: AttributionRecord, out: TruthAgreement) => void {
  const scoreOf = score === 'raw' ? rawScores : correctedScores
  const top = new Float64Array(TOP)
  let room = roomFor(0)
  return (record, out) => {
    out.signal = out.noise = out.snr = out.auroc = out.aupr = Number.NaN
    if (record.truth === undefined) return
    const length = record.sequence.length
    if (room.scores.length < length) room = roomFor(length)
    const { information, classes, scores, positives, negatives } = room
    classifyPositions(record.truth, record.sequence, information, classes)
    scoreOf(record, scores)

    let signal = 0
    let positive = 0
    let negative = 0
    let loud = 0
    for (let i = 0; i < length; i++) {
      const kind = classes[i]
      const score = scores[i]
      if ((kind & SIGNAL) !== 0) {
        signal += score
        positives[positive++] = score
      } else if (kind === BACKGROUND) negatives[negative++] = score
      if ((kind & BACKGROUND) !== 0 && score > 0) keepLargest(top, loud++, score)
    }
    if (positive === 0) return
    out.signal = signal / positive
    let noise = 0
    for (let j = 0; j < TOP; j++) noise += top[j]
    noise /= TOP
    // Noise so small that nothing can be divided by it is none.
    if (loud >= TOP && Number.isFinite(out.signal / noise)) {
      out.noise = noise
      out.snr = out.signal / noise
    }
    if (negative === 0) return
    positives.subarray(0, positive).sort()
    negatives.subarray(0, negative).sort()
    rankingAreas(positives, positive, negatives, negative, out)
  }
}

function roomFor(length: number) {
  return {
    information: new Float64Array(length),
    classes: new Uint8Array(length),
    scores: new Float64Array(length),
    positives: new Float64Array(length),
    negatives: new Float64Array(length),
  }
}

/** The corrected map at the observed base; 0 at N. */
function correctedScores({ attribution, sequence }: AttributionRecord, scores: Float64Array): void {
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    const mean = (attribution[p] + attribution[p + 1] + attribution[p + 2] + attribution[p + 3]) * 0.25
    scores[i] = sequence[i] === N ? 0 : attribution[p + sequence[i]] - mean
  }
}

/** The map at the observed base; 0 at N. */
function rawScores({ attribution, sequence }: AttributionRecord, scores: Float64Array): void {
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    scores[i] = sequence[i] === N ? 0 : attribution[p + sequence[i]]
  }
}

/** Keeps the largest of the scores that come, descending; `before` have come already. */
function keepLargest(top: Float64Array, before: number, score: number): void {
  let j = before < TOP ? before : TOP - 1
  if (before >= TOP && score <= top[j]) return
  while (j > 0 && top[j - 1] < score) {
    top[j] = top[j - 1]
    j--
  }
  top[j] = score
}
