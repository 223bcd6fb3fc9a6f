import type { Accumulator, AttributionRecord } from '../../src/core/types.js'
import type { PriorCounts } from '../../src/scoring/kmer-score.js'
import type { NullOptions } from '../../src/scoring/nulls.js'
import type { MetricOptions } from '../../src/scoring/options.js'
import { type ModelScore, scoreModel } from '../../src/scoring/scores.js'
import {
  ALL,
  type Cuts,
  type PopulationStatistics,
  populationRadii,
  populationStatistics,
} from '../../src/scoring/statistics.js'
import { bracketCut, type RadiusBracket } from '../../src/stats/radius-bracket.js'

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
}

/** The statistics of one population, as a run over a file makes them: two passes where a global cut is to be exact. */
export function statisticsOf(
  records: readonly AttributionRecord[],
  metrics: MetricOptions,
  { prior, globalCut = 'exact' }: ScoreChoices = {},
): PopulationStatistics {
  const options = { metrics, populationPrior: prior === undefined, byModel: false }
  const { threshold } = metrics.angular
  let cuts: Cuts | undefined
  if (threshold.kind === 'global' && globalCut === 'exact') {
    const radii = populationRadii(options)
    const of = new Map<string, RadiusBracket>()
    for (const [model, histogram] of radii.result(fold(radii, records))) {
      const bracket = bracketCut(histogram, threshold.top)
      if (bracket !== undefined) of.set(model, bracket)
    }
    cuts = { kind: 'brackets', of }
  } else if (threshold.kind === 'global') cuts = { kind: 'bins' }
  const accumulator = populationStatistics(options, cuts)
  return accumulator.result(fold(accumulator, records)).get(ALL) as PopulationStatistics
}

/** The scores of one population, as a user's run over a file gives them. */
export function scoreRecords(
  records: readonly AttributionRecord[],
  metrics: MetricOptions,
  choices: ScoreChoices = {},
): ModelScore {
  return scoreModel('model', statisticsOf(records, metrics, choices), { metrics, ...choices })
}
