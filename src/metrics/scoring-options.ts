import type { PriorCounts } from './kmer/kld.js'
import type { NullOptions } from './nulls.js'
import type { MetricOptions } from './options.js'
import type { ReadoutOptions } from './readout.js'
import type { SweepOptions } from './sweep-options.js'
import type { Thinning } from './thinning.js'
import type { TruthOptions } from './truth-score.js'

/** How a population is scored. */
export interface ScoringOptions {
  readonly metrics: MetricOptions
  /** External prior; the population's own where undefined. */
  readonly prior?: PriorCounts | undefined
  /** Null models; the usual ones where undefined. */
  readonly nulls?: NullOptions | undefined
  /** How agreement with ground truth is measured; not at all where undefined. */
  readonly truth?: TruthOptions | undefined
  /** How models are read out; not at all where undefined. */
  readonly readout?: ReadoutOptions | undefined
  /** How many of the records are scored; all of them where undefined. */
  readonly thin?: Thinning | undefined
  /** Settings scored next to the one of `metrics`. */
  readonly sweep?: SweepOptions | undefined
  /** External priors for every k of the sweep but that of `prior`. */
  readonly sweepPriors?: readonly PriorCounts[] | undefined
}
