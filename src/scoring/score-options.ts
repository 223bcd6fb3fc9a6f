import type { RecordOptions } from '../sources/records/records.js'
import type { BadRecordPolicy } from './bad-record-policy.js'
import type { PriorCounts } from '../metrics/kmer/kld.js'
import { DEFAULT_NULLS, type NullOptions } from '../metrics/nulls.js'
import type { MetricOptions } from '../metrics/options.js'
import type { ScreenSpec } from './pass.js'
import type { ReadoutOptions } from '../metrics/readout.js'
import { STATE_FORMAT, type StateFormat, type StatisticsOptions } from '../metrics/statistics.js'
import type { SweepOptions } from '../metrics/sweep-options.js'
import type { Thinning } from '../metrics/thinning.js'
import type { TruthOptions } from '../metrics/truth-score.js'

export interface ScoreOptions {
  readonly metrics: MetricOptions
  /** External prior; the population's own where undefined. */
  readonly prior?: PriorCounts | undefined
  readonly records: RecordOptions
  /** How agreement with ground truth is measured; not at all where undefined. */
  readonly truth?: TruthOptions | undefined
  /** What becomes of bad records; the first ends the run where undefined. */
  readonly bad?: BadRecordPolicy | undefined
  /** How models are read out; not at all where undefined. */
  readonly readout?: ReadoutOptions | undefined
  /** What noise is made of; where undefined, the usual nulls, or as many of them as a state has that is gone on from. */
  readonly nulls?: NullOptions | undefined
  /** Settings scored beside the one of `metrics`. */
  readonly sweep?: SweepOptions | undefined
  /** External priors for every k of the sweep but that of `prior`. */
  readonly sweepPriors?: readonly PriorCounts[] | undefined
  /** How many of the records are scored; all of them where undefined. */
  readonly thin?: Thinning | undefined
  /** Format of the state; the present one where undefined. */
  readonly format?: StateFormat | undefined
}

/** What of the options decides what a pass adds up. */
export function statisticsOptions(options: ScoreOptions): StatisticsOptions {
  const {
    metrics,
    prior,
    records,
    truth,
    readout,
    thin,
    sweep,
    nulls = DEFAULT_NULLS,
    format = STATE_FORMAT,
  } = options
  return {
    metrics,
    nulls,
    ...(thin === undefined ? {} : { fraction: thin.fraction }),
    ...(sweep === undefined ? {} : { sweep }),
    populationPrior: prior === undefined,
    byModel: records.columns?.model !== undefined,
    ...(truth === undefined ? {} : { truth: { score: truth.score } }),
    ...(readout === undefined ? {} : { readout: true }),
    format,
  }
}

/** How bad records are met where they are let through; undefined where the first ends the run. */
export function screenSpec({ bad }: ScoreOptions): ScreenSpec | undefined {
  return bad && { places: bad.kind === 'quarantine' }
}
