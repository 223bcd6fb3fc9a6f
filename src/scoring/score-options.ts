import type { RecordOptions } from '../sources/records/records.js'
import type { BadRecordPolicy, ScreenSpec } from './bad-record-policy.js'
import { DEFAULT_NULLS } from '../metrics/nulls.js'
import type { ScoringOptions } from '../metrics/scoring-options.js'
import { STATE_FORMAT, type StateFormat, type StatisticsOptions } from '../metrics/statistics.js'

/** How a population is read and scored. */
export interface ScoreOptions extends ScoringOptions {
  readonly records: RecordOptions
  /** Policy for bad records; the first ends the run where undefined. */
  readonly bad?: BadRecordPolicy | undefined
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
