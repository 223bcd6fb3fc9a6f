import type { AverageOf } from './agreement.js'
import type { BadCounts } from '../stats/sums/bad-records.js'
import type { Consistency, LeftOut } from './consistency.js'
import type { ConvergencePoint } from './convergence.js'
import type { Composition } from './kmer/composition.js'
import type { KmerNullUsed } from './kmer/estimates.js'
import type { PositionScore } from './kmer/position-score.js'
import type { AngularOptions, KmerOptions } from './options.js'
import type { Readout } from './readout.js'
import type { ModelSupport } from './support-score.js'
import type { ThresholdUsed } from './statistics.js'
import type { SweepRow } from './sweep.js'
import type { Thinning } from './thinning.js'
import type { ModelTruth } from './truth-score.js'

/** One model's row of scores.json. KLDs are in nats; null where there is nothing to compare. */
export interface ModelScore {
  readonly model: string
  readonly records: number
  readonly positions: number
  readonly unknown_positions: number
  readonly dead_maps: number
  /** Records left out because they are bad. */
  readonly bad_records: number
  /** The same by reason; reasons that did not occur are left out. */
  readonly bad_records_by_reason: BadCounts
  readonly projected_maps: number
  /** Which ids were scored; null for states that lack it. */
  readonly ids: { readonly count: number; readonly digest: string } | null
  /** Whether what is attributed supports the output; null for states of earlier versions. */
  readonly support: ModelSupport | null
  /** How often the observed base of an attributed position has the largest corrected value: 1/4 by chance. */
  readonly observed_base_share: number | null
  readonly observed_base_share_se: number | null
  /** Mean cosine between the corrected maps of different records; null if they differ in length. */
  readonly constant_share: number | null
  /** Share of positions whose magnitude is 0 in at least 99 % of the maps; null if maps differ in length. */
  readonly unseen_share: number | null
  readonly kmer: KmerScore
  readonly angular: AngularScore
  /** How many of the records were scored; only where not all were to be. */
  readonly thin?: Thinning
  /** How much was read until errors were small enough; only where that was asked for. */
  readonly read?: ReadUntil
  /** Agreement with ground truth; only where records have it. */
  readonly truth?: ModelTruth
  /** What the model attributes to, where that was asked for. */
  readonly readout?: Readout
  /** What the errors are made of, so that models can be compared group by group. */
  readonly jackknife: {
    /** Numbers of the groups that hold records. */
    readonly groups: readonly number[]
    readonly kmer: LeftOut
    readonly angular: LeftOut
  }
  /** How the numbers settled: of the records of 1, 2, 4 ... 64 groups. */
  readonly convergence: readonly ConvergencePoint[]
  /** Scores of other settings, where a sweep was asked for. */
  readonly sweep?: readonly SweepRow[]
  /** What records were asked for; only where a filter was given. */
  readonly filter?: ModelFilter
  /** Mean agreement with the maps of the other models of the run; only if that was asked for. */
  readonly agreement_with_others?: number | null
  readonly agreement_with_others_se?: number | null
  /** Whose mean the maps are; only for those of `--average`. */
  readonly average?: ModelAverage
  /** What a reader of the numbers must know, in words. */
  readonly warnings: readonly string[]
}

export interface KmerScore extends Consistency {
  /** Diversity where a k-mer and its reverse complement are one. */
  readonly diversity_folded: number | null
  readonly attributed_kmers: number
  readonly runs: number
  /** How much of the cross-validated value composition explains; null if there is no such value. */
  readonly composition: Composition | null
  /** How much of it positions alone give; null if there is none, or the state lacks it. */
  readonly position: PositionScore | null
  /** How the null was made. */
  readonly null: KmerNullUsed | null
  readonly options: KmerOptions & { readonly prior: string }
}

export interface AngularScore extends Consistency {
  readonly points: number
  readonly effective_points: number
  readonly threshold: ThresholdUsed
  readonly null: AngularNullUsed | null
  readonly options: AngularOptions
}

/** How an angular null was made. */
export interface AngularNullUsed {
  readonly kind: 'rotation'
  readonly draws: number
  /** What turns the vectors. */
  readonly generator: string
}

/** The models whose mean maps are scored, and what averaging them gained. */
export interface ModelAverage extends AverageOf {
  /** The reproducible share of a member's map: mean agreement of every two members. */
  readonly agreement?: number | null
  readonly agreement_se?: number | null
  /** What the mean would agree with the mean of as many others. */
  readonly ensemble_agreement?: number | null
  readonly ensemble_agreement_se?: number | null
  /** sqrt(K / (1 + (K - 1) agreement)): by how much the mean's signal to noise exceeds a member's, if noise alone differs. */
  readonly predicted_gain?: number | null
  /** Cross-validated k-mer consistency of the mean over the mean of that of its members; null unless these are scored too. */
  readonly kmer_cv_gain?: number | null
}

/** How much was read until errors were small enough. */
export interface ReadUntil {
  /** Records read, of how many there are, all models together. */
  readonly records: number
  readonly of: number
  /** The standard error of both KLDs that was asked for. */
  readonly until_se_nats: number
}

/** The filter of a population, and how many records it left out, all models of the input together. */
export interface ModelFilter {
  readonly where: string
  readonly records_left_out: number
}
