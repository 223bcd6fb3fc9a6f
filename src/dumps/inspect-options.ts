import type { RecordOptions } from '../sources/records/records.js'
import { DEFAULT_NULLS, type NullOptions } from '../metrics/nulls.js'
import type { MetricOptions } from '../metrics/options.js'
import type { StatisticsOptions } from '../metrics/statistics.js'

export interface InspectOptions {
  readonly records: RecordOptions
  readonly metrics: MetricOptions
  readonly nulls?: NullOptions | undefined
  /** Whether the prior is counted from the maps' own sequences. */
  readonly populationPrior: boolean
}

/** How the maps that are looked at are scored. */
export function statisticsOptions(options: InspectOptions): StatisticsOptions {
  const { metrics, populationPrior, nulls = DEFAULT_NULLS } = options
  return { metrics, populationPrior, nulls, byModel: false }
}
