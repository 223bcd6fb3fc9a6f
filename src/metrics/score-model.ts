import { plural } from '../core/english.js'
import { DataError } from '../core/errors.js'
import { ROTATION_GENERATOR } from '../dna/rotation.js'
import { type BadCounts, countsText, totalOf } from '../stats/sums/bad-records.js'
import { LEAST_GROUPS } from '../stats/jackknife.js'
import { angularEstimates, angularSums, ungroupedEstimates } from './angular/estimates.js'
import { angularKld } from './angular/kld.js'
import { consistencyOf, type EstimateDetail, type Estimates, NO_ESTIMATES } from './consistency.js'
import { convergenceOf } from './convergence.js'
import { type KmerEstimates, kmerEstimates, type KmerSums, NO_KMER_ESTIMATES } from './kmer/estimates.js'
import { kmerKld, type PriorCounts } from './kmer/kld.js'
import type { ModelFilter, ModelScore } from './model-score.js'
import { DEFAULT_NULLS } from './nulls.js'
import type { MetricOptions } from './options.js'
import { readOut } from './readout.js'
import type { ScoringOptions } from './scoring-options.js'
import type { PopulationStatistics } from './statistics.js'
import { TRUTH_OPTIONS, truthScore, truthWarnings } from './truth-score.js'
import { compositionWarnings } from './kmer/composition.js'
import { positionScore, positionWarnings } from './kmer/position-score.js'
import { assertProjected, supportScore, supportWarnings } from './support-score.js'
import { sweepRows } from './sweep.js'
import { readoutWarnings, warningsOf } from './warnings.js'

/**
 * The scores of one population. Errors: `empty`, for no records, and for too few windows of a global threshold; `prior`, where
 * the prior does not fit.
 *
 * @param brief Whether to leave out errors, nulls and all that rests on them: the KLDs of a run that goes on.
 */
export function scoreModel(
  model: string,
  statistics: PopulationStatistics,
  options: ScoringOptions,
  brief = false,
): ModelScore {
  const { metrics } = options
  const { tally, spectrum, grid, bad = {} } = statistics
  if (tally.records === 0) throw noRecords(model, bad)
  for (const { thresholdError } of [
    grid,
    ...Object.values(statistics.sweep.angular).map(({ grid }) => grid),
  ]) {
    if (thresholdError !== undefined) throw thresholdError
  }
  const truth =
    statistics.truth && truthScore(statistics.truth, tally.groupRecords, options.truth ?? TRUTH_OPTIONS)
  const prior = options.prior ?? ownPrior(statistics, metrics)
  const kmerValue = kmerKld(spectrum, prior, metrics.kmer.pseudocount)
  const angularValue = angularKld(grid.weights, metrics.angular)
  const groups = [...tally.groupRecords.keys()].filter(g => tally.groupRecords[g] > 0)
  const scoreOf = scorer(statistics, options, prior)
  const { kmers, angles } = brief
    ? { kmers: { ...NO_KMER_ESTIMATES, kld: kmerValue }, angles: { ...NO_ESTIMATES, kld: angularValue } }
    : scoreOf(groups)
  const kmer = consistencyOf({ ...kmers, kld: kmerValue })
  const angular = consistencyOf({ ...angles, kld: angularValue })
  const { sample, profile, support } = statistics
  const position =
    brief || sample === undefined || spectrum.total === 0 || groups.length < LEAST_GROUPS
      ? null
      : positionScore(sample, groups, priorCounts(statistics, options), metrics.kmer.k)
  const shape = { live: tally.records - tally.deadMaps, projected: tally.projectedMaps }
  assertProjected(model, support, shape)
  const supported = supportScore(support, tally.groupRecords)
  const score: Omit<ModelScore, 'warnings'> = {
    model,
    records: tally.records,
    positions: tally.positions,
    unknown_positions: tally.unknownPositions,
    dead_maps: tally.deadMaps,
    bad_records: totalOf(bad),
    bad_records_by_reason: bad,
    projected_maps: tally.projectedMaps,
    ids: statistics.digest,
    ...supported,
    constant_share: profile?.constantShare ?? null,
    unseen_share: profile?.unseenShare ?? null,
    ...(options.thin === undefined ? {} : { thin: options.thin }),
    kmer: {
      ...kmer.score,
      diversity_folded: kmers.diversityFolded ?? null,
      attributed_kmers: spectrum.total,
      runs: spectrum.runs,
      null: kmers.nullUsed ?? null,
      composition: kmers.composition ?? null,
      position,
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
    convergence: brief
      ? []
      : convergenceOf(tally.groupRecords, part => {
          const some = part.length === groups.length ? { kmers, angles } : scoreOf(part, 'curve')
          return { kmer: consistencyOf(some.kmers).score, angular: consistencyOf(some.angles).score }
        }),
    ...(brief || options.readout === undefined
      ? {}
      : { readout: readOut({ ...statistics, prior, weights: grid.weights }, metrics, options.readout) }),
  }
  if (brief) return { ...score, warnings: [] }
  const rows = options.sweep && sweepRows(statistics, groups, options, options.sweep)
  const warnings = [
    ...warningsOf(score, statistics),
    ...supportWarnings(support, supported, shape),
    ...(kmers.composition === undefined ? [] : compositionWarnings(kmers.composition)),
    ...positionWarnings(position, profile),
    ...(truth === undefined ? [] : truthWarnings(truth)),
    ...(options.readout === undefined
      ? []
      : readoutWarnings(statistics, options.metrics, score.readout?.strand_share ?? null)),
  ]
  return { ...score, ...(rows === undefined ? {} : { sweep: rows }), warnings }
}

/** The same scores, of the records that a filter kept. */
export function withFilter(score: ModelScore, filter: ModelFilter): ModelScore {
  const { where, records_left_out: count } = filter
  const warnings = count === 0 ? [] : [`${plural(count, 'record')} left out by --where ${where}`]
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

/** Counts of the prior that a population is scored against, with the pseudocount. */
export function priorCounts(
  statistics: PopulationStatistics,
  { prior, metrics }: Pick<ScoringOptions, 'prior' | 'metrics'>,
): Float64Array {
  const { counts } = prior ?? ownPrior(statistics, metrics)
  return Float64Array.from(counts, count => count + metrics.kmer.pseudocount)
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
        ? ungroupedEstimates(
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
