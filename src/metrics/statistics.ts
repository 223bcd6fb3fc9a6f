import type { CellContexts } from '../accumulators/cell-contexts.js'
import type { DuplicateIds } from '../accumulators/duplicate-ids.js'
import type { GroundTruth } from '../accumulators/ground-truth.js'
import type { IdDigest } from '../accumulators/id-digest.js'
import type { KmerContexts } from '../accumulators/kmer-contexts.js'
import type { KmerPrior } from '../accumulators/kmer-prior.js'
import type { KmerSpectrum } from '../accumulators/kmer-spectrum.js'
import type { PositionProfile } from '../accumulators/position-profile.js'
import type { Support } from '../accumulators/support.js'
import type { Tally } from '../accumulators/tally.js'
import type { DataError } from '../core/errors.js'
import type { BadCounts } from '../stats/sums/bad-records.js'
import type { ExactSums } from '../stats/sums/exact-sums.js'
import type { RadiusBracket, RadiusHistogram } from '../stats/sums/radius-bracket.js'
import type { SampledRuns } from '../stats/sums/run-sample.js'
import type { NullOptions } from './nulls.js'
import type { MetricOptions } from './options.js'
import type { SweepOptions } from './sweep-options.js'
import type { TruthOptions } from './truth-score.js'

/** What one pass over a population gives: all that both metrics are computed from. */
export interface PopulationStatistics {
  readonly tally: Tally
  readonly ids: DuplicateIds
  /** Which ids there were. */
  readonly digest: IdDigest
  readonly spectrum: KmerSpectrum
  /** Undefined for states of format 2, as are the sample of runs and the profile. */
  readonly support: Support | undefined
  readonly sample: readonly SampledRuns[] | undefined
  /** What maps have in common by position; undefined too if they differ in length. */
  readonly profile: PositionProfile | undefined
  /** The k-mers of all sequences, where the prior is the population's own. */
  readonly prior: KmerPrior | undefined
  /** The k-mers of the runs moved at random, where that is the null. */
  readonly shifted: KmerSpectrum | undefined
  readonly grid: GridStatistics
  /** The same of maps whose vectors were turned at random, for each draw. */
  readonly rotated: readonly GridStatistics[]
  /** The same for each setting of a sweep but the one asked for, by name; empty without a sweep. */
  readonly sweep: SweepStatistics
  /** Agreement with ground truth, where it was asked for. */
  readonly truth: GroundTruth | undefined
  /** Bad records that were left out, by reason; none where they end the run. */
  readonly bad?: BadCounts | undefined
  /** Bad records whose model is unknown: they are counted for no model of the run. */
  readonly badWithoutModel?: BadCounts | undefined
  /** Bases around the points, where a readout was asked for and points are distinguished in time. */
  readonly cellContexts?: CellContexts | undefined
  /** Bases around the attributed k-mers, where a readout was asked for and k is at most 8. */
  readonly kmerContexts?: KmerContexts | undefined
}

export interface SweepStatistics {
  readonly kmer: Named<KmerStatistics>
  /** K-mers of all sequences for each k but the one asked for, where the prior is the population's own. */
  readonly priors: Named<KmerPrior>
  readonly angular: Named<{ readonly grid: GridStatistics; readonly rotated: readonly GridStatistics[] }>
}

/** The k-mers of runs, and of the runs moved at random where that is the null. */
export interface KmerStatistics {
  readonly attributed: KmerSpectrum
  readonly shifted: KmerSpectrum | undefined
}

export interface GridStatistics {
  readonly weights: Float64Array
  readonly points: number
  readonly effectivePoints: number
  /** Weights by group of records, and their squares; undefined over a radius axis, which keeps no groups. */
  readonly groups?: ExactSums
  readonly groupSquares?: ExactSums
  /** How points were separated from the rest. */
  readonly threshold: ThresholdUsed
  /** Why no point could be separated from the rest: there are too few windows for the fraction of a global threshold. */
  readonly thresholdError?: DataError | undefined
}

/** How points were separated from the rest: `exact` over two passes, `bins` over one, to the resolution of a radius axis. */
export type ThresholdUsed =
  | { readonly kind: 'per-sequence' }
  | { readonly kind: 'global'; readonly cut: number; readonly resolution: 'exact' | 'bins' }

/** How a pass over a population finds global cuts: brackets by model from a first pass, or a radius axis. */
export type Cuts =
  | {
      readonly kind: 'brackets'
      readonly of: ReadonlyMap<string, RadiusBracket>
      /** Those of further grids, by model and name of the grid. */
      readonly others?: ReadonlyMap<string, Named<RadiusBracket>> | undefined
    }
  | { readonly kind: 'bins' }

/** Values by the name of a grid other than the maps' own; see `rotationName`. */
export type Named<T> = { readonly [grid: string]: T }

/** Radii that a first pass found: of the maps' own windows, and of those of further grids. */
export interface PopulationRadii {
  readonly own: RadiusHistogram
  readonly others: Named<RadiusHistogram>
}

export interface StatisticsOptions {
  readonly metrics: MetricOptions
  /** Whether the prior is counted from the population itself. */
  readonly populationPrior: boolean
  /** Whether records are split by their `model`. */
  readonly byModel: boolean
  /** Whether agreement with ground truth is measured, and of which score. */
  readonly truth?: Pick<TruthOptions, 'score'> | undefined
  /** Whether the bases around points are counted, for a readout. */
  readonly readout?: boolean | undefined
  /** Fraction of the records that is looked at; all of them where undefined. */
  readonly fraction?: number | undefined
  /** Settings scored in addition to the one of `metrics`. */
  readonly sweep?: SweepOptions | undefined
  /** What noise is made of; nothing where undefined. */
  readonly nulls?: NullOptions | undefined
  /** Format of the state, the present one where undefined. */
  readonly format?: StateFormat | undefined
}

/** 2 has neither support, nor a sample of runs, nor a profile by position. */
export type StateFormat = 2 | 3

export const STATE_FORMAT: StateFormat = 3
