import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import type { CorrectedRecord } from '../dna/records.js'
import { type TruthScore, truthMeter } from '../dna/truth-agreement.js'
import { Counts } from '../stats/sums/counts.js'
import { ExactSums } from '../stats/sums/exact-sums.js'

export type { TruthScore }

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
export function groundTruth(
  options: { score?: TruthScore } = {},
): Accumulator<CorrectedRecord, State, GroundTruth> {
  const { score = 'corrected' } = options
  const measure = truthMeter(score)
  const found = { signal: 0, noise: 0, snr: 0, auroc: 0, aupr: 0 }
  return {
    name: 'ground-truth',
    params: { score },
    empty: () => ({ sums: new ExactSums(GROUPS * SUMS), counts: new Counts(GROUPS, COUNTS) }),
    add({ sums, counts }, { record, dead }) {
      if (dead) return
      const group = groupOf(record.idHash)
      if (record.truth === undefined) {
        counts.add(group, NO_TRUTH)
        return
      }
      measure(record, found)
      const base = group * SUMS
      counts.add(group, RECORDS)
      if (Number.isNaN(found.signal)) counts.add(group, NO_SIGNAL)
      else {
        addSigned(sums, base + SIGNAL_UP, found.signal)
        if (Number.isNaN(found.noise)) counts.add(group, NO_NOISE)
        else {
          sums.add(base + NOISE, found.noise)
          addSigned(sums, base + SNR_UP, found.snr)
        }
      }
      if (!Number.isNaN(found.auroc)) {
        counts.add(group, RANKED)
        sums.add(base + AUROC, found.auroc)
        sums.add(base + AUPR, found.aupr)
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

/** Adds to the sum of what is above 0, or to that of what is below, which is the next. */
function addSigned(sums: ExactSums, cell: number, value: number): void {
  if (value < 0) sums.add(cell + 1, -value)
  else sums.add(cell, value)
}
