import { DataError } from '../core/errors.js'
import { ROTATION_GENERATOR } from '../dna/rotation.js'
import type { BadCounts } from '../stats/sums/bad-records.js'
import { angularEstimates, wholeEstimates } from './angular/estimates.js'
import { angularKld } from './angular/kld.js'
import {
  type Consistency,
  consistencyOf,
  type EstimateDetail,
  type Estimates,
  type LeftOut,
  NO_ESTIMATES,
} from './consistency.js'
import { countsText, totalOf } from '../scoring/bad-record-policy.js'
import { type ConvergencePoint, convergenceOf } from './convergence.js'
import {
  type KmerEstimates,
  kmerEstimates,
  type KmerNullUsed,
  type KmerSums,
  NO_KMER_ESTIMATES,
} from './kmer/estimates.js'
import { angularSums } from './angular/grid-sums.js'
import { kmerKld, type PriorCounts } from './kmer/kld.js'
import { DEFAULT_NULLS, type NullOptions } from './nulls.js'
import type { AngularOptions, KmerOptions, MetricOptions } from './options.js'
import { type Readout, type ReadoutOptions, readOut } from './readout.js'
import type { PopulationStatistics, ThresholdUsed } from './statistics.js'
import {
  type ModelTruth,
  TRUTH_OPTIONS,
  type TruthOptions,
  truthScore,
  truthWarnings,
} from './truth-score.js'
import type { SweepOptions } from './sweep-options.js'
import { type SweepRow, sweepRows } from './sweep.js'
import type { Thinning } from './thinning.js'
import { readoutWarnings, warningsOf } from './warnings.js'

/** One model's row of scores.json. KLDs are in nats; null where there is nothing to compare. */
export interface ModelScore {
  readonly model: string
  readonly records: number
  readonly positions: number
  readonly unknownPositions: number
  readonly deadMaps: number
  /** Records left out because they are bad. */
  readonly badRecords: number
  /** The same by reason; reasons that did not occur are left out. */
  readonly badRecordsByReason: BadCounts
  readonly projectedMaps: number
  /** Which ids were scored; null for states that do not tell. */
  readonly ids: { readonly count: number; readonly digest: string } | null
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
  /** What a reader of the numbers must know, in words. */
  readonly warnings: readonly string[]
}

export interface KmerScore extends Consistency {
  /** Diversity where a k-mer and its reverse complement are one. */
  readonly diversity_folded: number | null
  readonly attributed_kmers: number
  readonly runs: number
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

export interface ScoringOptions {
  readonly metrics: MetricOptions
  /** An external prior; undefined where it is the population's own. */
  readonly prior?: PriorCounts | undefined
  readonly nulls?: NullOptions | undefined
  /** How agreement with ground truth is told, where it was measured. */
  readonly truth?: TruthOptions | undefined
  /** How the model is read out; not at all where undefined. */
  readonly readout?: ReadoutOptions | undefined
  /** How many of the records were scored, where not all were to be. */
  readonly thin?: Thinning | undefined
  /** Settings scored beside, and the external priors of their other k. */
  readonly sweep?: SweepOptions | undefined
  readonly sweepPriors?: readonly PriorCounts[] | undefined
  /** Whether to leave out errors, nulls and all that rests on them: the KLDs of a run that goes on. */
  readonly brief?: boolean | undefined
}

/**
 * The scores of one population. Errors: `empty`, for no records, and for too few windows of a global threshold; `prior`, where
 * the prior does not fit.
 */
export function scoreModel(
  model: string,
  statistics: PopulationStatistics,
  options: ScoringOptions,
): ModelScore {
  const { metrics } = options
  const { tally, spectrum, grid, bad = {} } = statistics
  if (tally.records === 0) throw noRecords(model, bad)
  for (const { noCut } of [grid, ...Object.values(statistics.sweep.angular).map(({ grid }) => grid)]) {
    if (noCut !== undefined) throw noCut
  }
  const truth =
    statistics.truth && truthScore(statistics.truth, tally.groupRecords, options.truth ?? TRUTH_OPTIONS)
  const prior = options.prior ?? ownPrior(statistics, metrics)
  const kmerValue = kmerKld(spectrum, prior, metrics.kmer.pseudocount)
  const angularValue = angularKld(grid.weights, metrics.angular)
  const groups = [...tally.groupRecords.keys()].filter(g => tally.groupRecords[g] > 0)
  const scoreOf = scorer(statistics, options, prior)
  const { kmers, angles } =
    options.brief === true
      ? { kmers: { ...NO_KMER_ESTIMATES, kld: kmerValue }, angles: { ...NO_ESTIMATES, kld: angularValue } }
      : scoreOf(groups)
  const kmer = consistencyOf({ ...kmers, kld: kmerValue })
  const angular = consistencyOf({ ...angles, kld: angularValue })
  const score: Omit<ModelScore, 'warnings'> = {
    model,
    records: tally.records,
    positions: tally.positions,
    unknownPositions: tally.unknownPositions,
    deadMaps: tally.deadMaps,
    badRecords: totalOf(bad),
    badRecordsByReason: bad,
    projectedMaps: tally.projectedMaps,
    ids: statistics.digest ?? null,
    ...(options.thin === undefined ? {} : { thin: options.thin }),
    kmer: {
      ...kmer.score,
      diversity_folded: kmers.diversityFolded ?? null,
      attributed_kmers: spectrum.total,
      runs: spectrum.runs,
      null: kmers.nullUsed ?? null,
      options: { ...metrics.kmer, prior: prior.name },
    },
    angular: {
      ...angular.score,
      points: grid.points,
      effective_points: grid.effectivePoints,
      threshold: grid.threshold,
      null:
        statistics.rotated.length === 0 || angular.score.null_nats === null
          ? null
          : { kind: 'rotation', draws: statistics.rotated.length, generator: ROTATION_GENERATOR },
      options: metrics.angular,
    },
    ...(truth === undefined ? {} : { truth }),
    jackknife: { groups, kmer: kmer.leftOut, angular: angular.leftOut },
    convergence:
      options.brief === true
        ? []
        : convergenceOf(tally.groupRecords, part => {
            const some = part.length === groups.length ? { kmers, angles } : scoreOf(part, 'curve')
            return { kmer: consistencyOf(some.kmers).score, angular: consistencyOf(some.angles).score }
          }),
    ...(options.brief === true || options.readout === undefined
      ? {}
      : { readout: readOut({ ...statistics, prior, weights: grid.weights }, metrics, options.readout) }),
  }
  if (options.brief === true) return { ...score, warnings: [] }
  const { sweep, nulls = DEFAULT_NULLS } = options
  const rows = sweep && sweepRows(statistics, groups, { ...options, sweep, nulls })
  const warnings = [
    ...warningsOf(score, statistics),
    ...(truth === undefined ? [] : truthWarnings(truth)),
    ...(options.readout === undefined ? [] : readoutWarnings(statistics, options.metrics)),
  ]
  return { ...score, ...(rows === undefined ? {} : { sweep: rows }), warnings }
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
  readonly leftOut: number
}

/** The same scores, of the records that a filter kept. */
export function withFilter(score: ModelScore, filter: ModelFilter): ModelScore {
  const { where, leftOut } = filter
  const warnings = leftOut === 0 ? [] : [`${leftOut} records are left out by --where ${where}`]
  return { ...score, filter, warnings: [...warnings, ...score.warnings] }
}

/** The error for a population without a record that can be scored. */
export function noRecords(model: string, bad: BadCounts = {}): DataError {
  const all = totalOf(bad)
  return new DataError(
    'empty',
    all === 0
      ? `model ${model} has no records; check that the input holds the maps that you mean`
      : `model ${model} has no usable record: all ${all} are bad (${countsText(bad)}); repair the data, or leave it out`,
  )
}

function ownPrior(statistics: PopulationStatistics, { kmer }: MetricOptions): PriorCounts {
  return { name: 'population', k: kmer.k, counts: statistics.prior?.counts ?? [] }
}

/** The function that estimates both metrics from the records of some groups. */
function scorer(statistics: PopulationStatistics, options: ScoringOptions, prior: PriorCounts) {
  const { metrics, nulls = DEFAULT_NULLS } = options
  const { spectrum, grid, rotated } = statistics
  const kmers: KmerSums = {
    k: metrics.kmer.k,
    attributed: spectrum.groups,
    prior:
      options.prior === undefined && statistics.prior !== undefined
        ? { groups: statistics.prior.groups }
        : { counts: prior.counts },
    pseudocount: metrics.kmer.pseudocount,
    shifted: statistics.shifted?.groups,
  }
  const angles = angularSums(grid)
  const turned = rotated.map(angularSums)
  return (
    groups: readonly number[],
    detail?: EstimateDetail,
  ): { kmers: KmerEstimates; angles: Estimates } => ({
    kmers: kmerEstimates(kmers, groups, nulls.kmer, detail),
    angles:
      angles === undefined
        ? wholeEstimates(
            grid.weights,
            rotated.map(({ weights }) => weights),
            metrics.angular,
          )
        : angularEstimates(angles, turned.filter(isThere), groups, metrics.angular, detail),
  })
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined
}
