import { plural } from '../core/english.js'
import type { GroundTruth, TruthScore, TruthSums } from '../accumulators/ground-truth.js'
import { jackknifeError } from '../stats/jackknife.js'

export const TRUTH_SCORES: readonly TruthScore[] = ['corrected', 'raw']

/** What is done with a record without noise: it counts as 0, as in the published code, or is left out of the mean. */
export type SnrEmpty = 'zero' | 'exclude'
export const SNR_EMPTY: readonly SnrEmpty[] = ['zero', 'exclude']

export interface TruthOptions {
  readonly score: TruthScore
  readonly snrEmpty: SnrEmpty
}

/** As published, on the corrected map. */
export const TRUTH_OPTIONS: TruthOptions = { score: 'corrected', snrEmpty: 'zero' }

/** How well the maps of a model agree with ground truth: means over records; null where there is none to average. */
export interface ModelTruth {
  /** Signal-to-noise ratio, with its standard error over groups of records; null for fewer than eight groups. */
  readonly snr: number | null
  readonly snr_se: number | null
  /** Interpretability: areas under the curves of positions of motifs ranked over background. */
  readonly auroc: number | null
  readonly auroc_se: number | null
  readonly aupr: number | null
  readonly aupr_se: number | null
  /** Mean score of the positions of motifs, over records that have any. */
  readonly signal: number | null
  /** Mean of the ten largest scores of the background, over records that have as many above 0. */
  readonly noise: number | null
  /** Records with ground truth, dead maps left out. */
  readonly records: number
  readonly records_without_truth: number
  readonly records_without_signal: number
  readonly records_without_noise: number
  /** Records without positions of both classes, which cannot be ranked. */
  readonly records_of_one_class: number
  readonly options: TruthOptions
}

/**
 * The means of method, section 7; undefined where no record has ground truth.
 *
 * @param groupRecords Records of each group, whether they have ground truth or not.
 */
export function truthScore(
  truth: GroundTruth,
  groupRecords: ArrayLike<number>,
  options: TruthOptions,
): ModelTruth | undefined {
  const { all } = truth
  if (all.records === 0) return undefined
  const { records, recordsWithoutTruth, recordsWithoutSignal, recordsWithoutNoise, recordsRanked } = all
  const withSignal = ({ records, recordsWithoutSignal }: TruthSums) => records - recordsWithoutSignal
  const withNoise = (sums: TruthSums) => withSignal(sums) - sums.recordsWithoutNoise
  const ranked = (sums: TruthSums) => sums.recordsRanked
  const snrRecords = options.snrEmpty === 'zero' ? withSignal : withNoise
  const filled = truth.groups.filter((_, g) => groupRecords[g] > 0)
  const mean = (of: Sum, count: (sums: TruthSums) => number) => meanOf(all, filled, of, count)
  const snr = mean('snr', snrRecords)
  const auroc = mean('auroc', ranked)
  const aupr = mean('aupr', ranked)
  return {
    snr: snr.mean,
    snr_se: snr.se,
    auroc: auroc.mean,
    auroc_se: auroc.se,
    aupr: aupr.mean,
    aupr_se: aupr.se,
    signal: mean('signal', withSignal).mean,
    noise: mean('noise', withNoise).mean,
    records,
    records_without_truth: recordsWithoutTruth,
    records_without_signal: recordsWithoutSignal,
    records_without_noise: recordsWithoutNoise,
    records_of_one_class: records - recordsRanked,
    options,
  }
}

type Sum = 'snr' | 'auroc' | 'aupr' | 'signal' | 'noise'

/** A mean over records, and its standard error by leaving out one group after another (method, section 6). */
function meanOf(
  all: TruthSums,
  groups: readonly TruthSums[],
  of: Sum,
  count: (sums: TruthSums) => number,
): { mean: number | null; se: number | null } {
  const n = count(all)
  if (n === 0) return { mean: null, se: null }
  const without = groups.map(group => (all[of] - group[of]) / (n - count(group)))
  return { mean: all[of] / n, se: jackknifeError(without) ?? null }
}

/** What a reader of the numbers must know, in words. */
export function truthWarnings(truth: ModelTruth): string[] {
  const warnings: string[] = []
  const { records } = truth
  if (truth.records_without_truth > 0) {
    warnings.push(
      `${plural(truth.records_without_truth, 'map')} without ground truth: agreement with it is measured on ${records}`,
    )
  }
  if (truth.records_without_signal > 0) {
    warnings.push(
      `${plural(truth.records_without_signal, 'map')} without a position of a motif: not counted in the SNR`,
    )
  }
  if (truth.records_without_noise > 0) {
    const taken =
      truth.options.snrEmpty === 'zero' ? 'SNR counted as 0, as published' : 'not counted in the SNR'
    warnings.push(
      `${plural(truth.records_without_noise, 'map')} with fewer than 10 background positions that score above 0: ${taken}`,
    )
  }
  if (truth.records_of_one_class > 0) {
    warnings.push(
      `${plural(truth.records_of_one_class, 'map')} without positions of both motif and background: not counted in the AUROC and AUPR`,
    )
  }
  return warnings
}
