import { DataError } from '../core/errors.js'
import type { BadCounts } from '../stats/bad-records.js'
import { angularKld } from './angular-score.js'
import { countsText } from './bad-record-policy.js'
import { kmerKld, type PriorCounts } from './kmer-score.js'
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
  readonly kmer: {
    readonly kld_nats: number | null
    readonly attributed_kmers: number
    readonly runs: number
    readonly options: KmerOptions & { readonly prior: string }
  }
  readonly angular: {
    readonly kld_nats: number | null
    readonly points: number
    readonly effective_points: number
    readonly threshold: ThresholdUsed
    readonly options: AngularOptions
  }
  /** Agreement with ground truth; only where records have it. */
  readonly truth?: ModelTruth
  /** What the model attributes to, where that was asked for. */
  readonly readout?: Readout
  /** What a reader of the numbers must know, in words. */
  readonly warnings: readonly string[]
}

/**
 * The scores of one population.
 *
 * @param prior An external prior; undefined where it is the population's own.
 * @param truthOptions How agreement with ground truth is told, where it was measured.
 * Errors: `empty` for no records; `prior`, where the prior does not fit.
 */
export function scoreModel(
  model: string,
  statistics: PopulationStatistics,
  metrics: MetricOptions,
  prior: PriorCounts | undefined,
  truthOptions: TruthOptions = TRUTH_OPTIONS,
  readout?: ReadoutOptions,
): ModelScore {
  const { tally, spectrum, grid, bad = {} } = statistics
  if (tally.records === 0) throw noRecords(model, bad)
  const truth = statistics.truth && truthScore(statistics.truth, tally.groupRecords, truthOptions)
  const used = prior ?? { name: 'population', k: metrics.kmer.k, counts: statistics.prior?.counts ?? [] }
  return {
    model,
    records: tally.records,
    positions: tally.positions,
    unknownPositions: tally.unknownPositions,
    deadMaps: tally.deadMaps,
    badRecords: totalOf(bad),
    badRecordsByReason: bad,
    projectedMaps: tally.projectedMaps,
    kmer: {
      kld_nats: kmerKld(spectrum, used, metrics.kmer.pseudocount) ?? null,
      attributed_kmers: spectrum.total,
      runs: spectrum.runs,
      options: { ...metrics.kmer, prior: used.name },
    },
    angular: {
      kld_nats: angularKld(grid.weights, metrics.angular) ?? null,
      points: grid.points,
      effective_points: grid.effectivePoints,
      threshold: grid.threshold,
      options: metrics.angular,
    },
    ...(truth === undefined ? {} : { truth }),
    ...(readout === undefined
      ? {}
      : { readout: readOut({ ...statistics, prior: used, weights: grid.weights }, metrics, readout) }),
    warnings: [
      ...warningsOf(statistics),
      ...(truth === undefined ? [] : truthWarnings(truth)),
      ...(readout === undefined ? [] : readoutWarnings(statistics)),
    ],
  }
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

function totalOf(counts: BadCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function readoutWarnings({ cellContexts }: PopulationStatistics): string[] {
  if (cellContexts !== undefined) return []
  return [
    'no clusters are read out: a global threshold over a pipe tells points apart only once they have passed; score files',
  ]
}

function warningsOf({ tally, ids, spectrum, grid, bad = {}, nobodys = {} }: PopulationStatistics): string[] {
  const warnings: string[] = []
  const left = totalOf(bad)
  if (left > 0) warnings.push(`${left} bad records are left out: ${countsText(bad)}`)
  if (totalOf(nobodys) > 0) {
    warnings.push(`${totalOf(nobodys)} bad records name no model and are counted for none`)
  }
  if (ids.duplicated > 0) {
    const which = ids.exact
      ? `${ids.duplicated} ids occur`
      : `${ids.duplicated} of ${ids.ids} sampled ids occur`
    warnings.push(`${which} more than once; every occurrence is counted`)
  }
  if (tally.deadMaps > 0)
    warnings.push(`${tally.deadMaps} dead maps (no magnitude above 0) add to the prior only`)
  if (tally.projectedMaps > 0) {
    warnings.push(
      `${tally.projectedMaps} maps are projected (attribution times one-hot): their angular score is not comparable with that of full maps`,
    )
  }
  if (tally.unknownPositions > 0) {
    warnings.push(`${tally.unknownPositions} positions are N: never attributed, in no k-mer and no window`)
  }
  if (spectrum.total === 0) warnings.push('no attributed run is long enough to hold a k-mer')
  if (grid.points === 0) warnings.push('no window gives an angular point')
  return warnings
}
