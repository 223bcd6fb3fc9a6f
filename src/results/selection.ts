import type { Statistic } from './compare.js'
import type { Criterion, Overall } from './overall.js'

/** What models are held against one another by. */
export type FrontAxis = 'performance' | 'kmer' | 'angular' | 'diversity'
export const FRONT_AXES: readonly FrontAxis[] = ['performance', 'kmer', 'angular', 'diversity']

export interface SelectOptions {
  /** Column of the figure of generalisation. */
  readonly by: string
  /** Whether less of it is better, as of a loss. */
  readonly lower?: boolean | undefined
  /** Its standard error: a number, or a column that has it. None by default. */
  readonly byError?: number | string | undefined
  /** Conditions that models must meet to be ranked, as in `auroc>=0.97`. */
  readonly filters?: readonly string[] | undefined
  /** Columns whose values part the models. */
  readonly strata?: readonly string[] | undefined
  /** Column of what is known of the models' maps, such as their true SNR; by default the SNR that was scored. */
  readonly truthColumn?: string | undefined
  /** What consistency is; the cross-validated value by default. */
  readonly consistency?: Statistic | undefined
  /** Columns of the table that have the consistency, in place of scores. */
  readonly kmerColumn?: string | undefined
  readonly angularColumn?: string | undefined
  /** What models are ranked by all in all: k-mer consistency and agreement with the others by default. */
  readonly overall?: readonly Criterion[] | undefined
  /** Agreement with the others by model; by default that of the scores. */
  readonly agreements?: ReadonlyMap<string, number | null> | undefined
  /** Axes of the Pareto front: performance, kmer and angular by default. */
  readonly front?: readonly FrontAxis[] | undefined
}

/** A model of a selection; null where there is no value. Ranks are from 1, the best; equal values share the mean of theirs. */
export interface SelectedModel {
  readonly model: string
  /** Whether it meets the conditions: only those that do are ranked. */
  readonly kept: boolean
  readonly stratum: string | null
  readonly performance: number | null
  readonly kmer_nats: number | null
  readonly kmer_se_nats: number | null
  readonly angular_nats: number | null
  readonly angular_se_nats: number | null
  /** Effective number of k-mers, both strands as one. */
  readonly diversity: number | null
  readonly truth: number | null
  readonly rank_performance: number | null
  readonly rank_kmer: number | null
  readonly rank_angular: number | null
  readonly rank_diversity: number | null
  readonly stratum_rank_performance: number | null
  readonly stratum_rank_kmer: number | null
  readonly stratum_rank_angular: number | null
  /** Mean of the ranks all in all, and the rank of that. */
  readonly overall: number | null
  readonly rank_overall: number | null
  /** Whether no other model beats it, errors taken into account. */
  readonly front: boolean | null
  /** A model that beats it. */
  readonly beaten_by: string | null
}

/** How one value goes with what is known, over the models that have both. */
export interface Correlation {
  readonly of: 'performance' | 'kmer' | 'angular'
  readonly with: string
  readonly over: 'all' | 'kept'
  readonly models: number
  readonly pearson: number | null
  readonly pearson_p: number | null
  readonly spearman: number | null
  readonly spearman_p: number | null
}

export interface Selection {
  /** What to choose, and why, in sentences; empty if consistency is from columns of the table. */
  readonly verdict: readonly string[]
  readonly models: readonly SelectedModel[]
  readonly correlations: readonly Correlation[]
  /** What `overall` of the models is the mean of the ranks in, and what has no part in it. */
  readonly overall: Pick<Overall, 'criteria' | 'left_out'>
  /** Models of one side that the other lacks. */
  readonly unmatched: { readonly scores: readonly string[]; readonly performance: readonly string[] }
  readonly warnings: readonly string[]
}
