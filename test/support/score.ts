import type { Accumulator, AttributionRecord } from '../../src/core/types.js'
import type { PriorCounts } from '../../src/metrics/kmer/kld.js'
import { modelCuts, readCuts } from '../../src/metrics/angular/global-threshold.js'
import type { NullOptions } from '../../src/metrics/nulls.js'
import type { SweepOptions } from '../../src/metrics/sweep-options.js'
import type { MetricOptions } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { priorCounts, scoreModel } from '../../src/metrics/score-model.js'
import { ALL } from '../../src/metrics/by-model.js'
import { populationRadii, topOf } from '../../src/metrics/angular/radii.js'
import type { Cuts, PopulationStatistics } from '../../src/metrics/statistics.js'
import type { ModelCounts } from '../../src/results/words.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'

/** Folds records one after another. */
export function fold<R, S, T>(accumulator: Accumulator<R, S, T>, records: Iterable<R>): S {
  const state = accumulator.empty()
  for (const record of records) accumulator.add(state, record)
  return state
}

export interface ScoreChoices {
  /** An external prior; the population's own where undefined. */
  readonly prior?: PriorCounts | undefined
  /** How a global cut is found; over two passes unless `bins`. */
  readonly globalCut?: 'exact' | 'bins'
  readonly nulls?: NullOptions
  /** Whether errors and nulls are left out. */
  readonly brief?: boolean
  readonly sweep?: SweepOptions | undefined
  readonly sweepPriors?: readonly PriorCounts[]
  /** Share of the records that is looked at. */
  readonly fraction?: number
}

/** The statistics of one population, as a run over a file makes them: two passes where a global cut is to be exact. */
export function statisticsOf(
  records: readonly AttributionRecord[],
  metrics: MetricOptions,
  { prior, globalCut = 'exact', nulls, fraction, sweep }: ScoreChoices = {},
): PopulationStatistics {
  const options = { metrics, populationPrior: prior === undefined, byModel: false, nulls, fraction, sweep }
  const { threshold } = metrics.angular
  let cuts: Cuts | undefined
  if (threshold.kind === 'global' && globalCut === 'exact') {
    const radii = populationRadii(options)
    const found = radii.result(fold(radii, records))
    cuts = readCuts([...found].flatMap(([model, of]) => modelCuts(model, of, topOf(options))))
  } else if (threshold.kind === 'global') cuts = { kind: 'bins' }
  const accumulator = scoreAccumulator(options, cuts)
  return accumulator.result(fold(accumulator, records)).get(ALL) as PopulationStatistics
}

/** The k-mers of a population by group, as a state holds them. */
export function countsOf(records: readonly AttributionRecord[], metrics: MetricOptions): ModelCounts {
  const statistics = statisticsOf(records, metrics)
  return { attributed: statistics.spectrum.groups, prior: priorCounts(statistics, { metrics }) }
}

/** The scores of one population, as a user's run over a file gives them. */
export function scoreRecords(
  records: readonly AttributionRecord[],
  metrics: MetricOptions,
  choices: ScoreChoices = {},
): ModelScore {
  return scoreModel('model', statisticsOf(records, metrics, choices), { metrics, ...choices }, choices.brief)
}
