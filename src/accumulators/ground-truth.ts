import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator, AttributionRecord } from '../core/types.js'
import { N } from '../dna/bases.js'
import { GROUPS, groupOf } from '../dna/groups.js'
import type { CorrectedRecord } from '../dna/records.js'
import { BACKGROUND, classifyPositions, SIGNAL } from '../dna/truth.js'
import { Counts } from '../stats/counts.js'
import { ExactSums } from '../stats/exact-sums.js'
import { rankingAreas } from '../stats/ranking.js'

/** What is ranked at a position: the corrected map at the observed base, or the map as it is. */
export type TruthScore = 'corrected' | 'raw'

/** Sums over records, of all of them or of a group. */
export interface TruthSums {
  /** Records with ground truth, dead maps left out. */
  readonly records: number
  /** Records, not dead, without. */
  readonly recordsWithoutTruth: number
  /** Of `records`: those with no position of a motif, which have no signal. */
  readonly recordsWithoutSignal: number
  /** Of those with a signal: with fewer than ten background positions that score above 0, which have no noise. */
  readonly recordsWithoutNoise: number
  /** Of `records`: those with positions of both classes, which can be ranked. */
  readonly recordsRanked: number
  readonly signal: number
  readonly noise: number
  readonly snr: number
  readonly auroc: number
  readonly aupr: number
}

export interface GroundTruth {
  readonly all: TruthSums
  /** The same by group of records. */
  readonly groups: readonly TruthSums[]
}

interface State {
  readonly sums: ExactSums
  readonly counts: Counts
}

/** Largest scores of the background whose mean is the noise (method, section 7). */
const TOP = 10

// Sums a group; what may be negative has two, of what is above 0 and of what is below.
const SIGNAL_UP = 0
const SIGNAL_DOWN = 1
const SNR_UP = 2
const SNR_DOWN = 3
const NOISE = 4
const AUROC = 5
const AUPR = 6
const SUMS = 7

const RECORDS = 0
const NO_TRUTH = 1
const NO_SIGNAL = 2
const NO_NOISE = 3
const RANKED = 4
const COUNTS = 5

/**
 * How well maps agree with ground truth, record by record: signal, noise and their ratio, and how positions of motifs
 * rank over background (method, section 7; tfomics' evaluate.py). Dead maps add nothing, N is no position.
 *
 * Errors: `record`, for a truth of what are no probabilities.
 */
export function groundTruth(options: {
  score: TruthScore
}): Accumulator<CorrectedRecord, State, GroundTruth> {
  const scoreOf = options.score === 'raw' ? rawScores : correctedScores
  const top = new Float64Array(TOP)
  const areas = { auroc: 0, aupr: 0 }
  let room = roomFor(0)
  return {
    name: 'ground-truth',
    params: { score: options.score },
    empty: () => ({ sums: new ExactSums(GROUPS * SUMS), counts: new Counts(GROUPS, COUNTS) }),
    add({ sums, counts }, { record, dead }) {
      if (dead) return
      const group = groupOf(record.idHash)
      if (record.truth === undefined) {
        counts.add(group, NO_TRUTH)
        return
      }
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

      const base = group * SUMS
      counts.add(group, RECORDS)
      if (positive === 0) counts.add(group, NO_SIGNAL)
      else {
        signal /= positive
        addSigned(sums, base + SIGNAL_UP, signal)
        let noise = 0
        for (let j = 0; j < TOP; j++) noise += top[j]
        noise /= TOP
        // Noise so small that nothing can be divided by it is none.
        if (loud < TOP || !Number.isFinite(signal / noise)) counts.add(group, NO_NOISE)
        else {
          sums.add(base + NOISE, noise)
          addSigned(sums, base + SNR_UP, signal / noise)
        }
      }
      if (positive > 0 && negative > 0) {
        positives.subarray(0, positive).sort()
        negatives.subarray(0, negative).sort()
        rankingAreas(positives, positive, negatives, negative, areas)
        counts.add(group, RANKED)
        sums.add(base + AUROC, areas.auroc)
        sums.add(base + AUPR, areas.aupr)
      }
    },
    merge(into, from) {
      into.sums.merge(from.sums)
      into.counts.merge(from.counts)
    },
    result: ({ sums, counts }) => {
      const each = sums.values()
      return {
        all: sumsOf(sums.fold(SUMS).values(), 0, counts.sum()),
        groups: Array.from({ length: GROUPS }, (_, g) => sumsOf(each, g * SUMS, counts.of(g) ?? NONE)),
      }
    },
    save: ({ sums, counts }) =>
      joinArrays([
        ['sums', sums.save()],
        ['counts', counts.save()],
      ]),
    load: arrays => ({
      sums: ExactSums.load(arraysOf('sums', arrays), GROUPS * SUMS),
      counts: Counts.load(arraysOf('counts', arrays), GROUPS, COUNTS),
    }),
  }
}

const NONE = new Float64Array(COUNTS)

function sumsOf(sums: Float64Array, base: number, counts: ArrayLike<number>): TruthSums {
  return {
    records: counts[RECORDS],
    recordsWithoutTruth: counts[NO_TRUTH],
    recordsWithoutSignal: counts[NO_SIGNAL],
    recordsWithoutNoise: counts[NO_NOISE],
    recordsRanked: counts[RANKED],
    signal: sums[base + SIGNAL_UP] - sums[base + SIGNAL_DOWN],
    noise: sums[base + NOISE],
    snr: sums[base + SNR_UP] - sums[base + SNR_DOWN],
    auroc: sums[base + AUROC],
    aupr: sums[base + AUPR],
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

/** Adds to the sum of what is above 0, or to that of what is below, which is the next. */
function addSigned(sums: ExactSums, cell: number, value: number): void {
  if (value < 0) sums.add(cell + 1, -value)
  else sums.add(cell, value)
}
