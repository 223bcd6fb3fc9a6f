import { countingBadRecords } from '../accumulators/with-bad-records.js'
import { mapResult } from '../core/compose.js'
import type { AttributionRecord, OpaqueAccumulator } from '../core/types.js'
import { type PlainCuts, readCuts } from '../metrics/angular/global-threshold.js'
import { populationRadii } from '../metrics/angular/radii.js'
import { scoreAccumulator } from '../metrics/score-accumulator.js'
import type { PopulationRadii, PopulationStatistics, StatisticsOptions } from '../metrics/statistics.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import type { ScreenSpec } from './bad-record-policy.js'

/** What a pass gives: its result over the good records, and the bad ones where they were let through. */
export interface PassResult<T> {
  readonly result: T
  readonly bad: BadRecords | undefined
}

type PassAccumulator<T> = OpaqueAccumulator<AttributionRecord, PassResult<ReadonlyMap<string, T>>>

/** The accumulator of a scoring pass. */
export function statisticsPass(
  options: StatisticsOptions,
  cuts: PlainCuts,
  screen: ScreenSpec | undefined,
): PassAccumulator<PopulationStatistics> {
  return screenedPass(scoreAccumulator(options, readCuts(cuts)), screen)
}

/** The accumulator of the pass before. */
export function radiiPass(
  options: StatisticsOptions,
  screen: ScreenSpec | undefined,
): PassAccumulator<PopulationRadii> {
  return screenedPass(populationRadii(options), screen)
}

function screenedPass<T>(
  inner: OpaqueAccumulator<AttributionRecord, ReadonlyMap<string, T>>,
  screen: ScreenSpec | undefined,
): PassAccumulator<T> {
  return screen === undefined
    ? mapResult(inner, result => ({ result, bad: undefined }))
    : countingBadRecords(inner, screen)
}

/** What the scoring pass gives, by model. */
export type Statistics = PassResult<ReadonlyMap<string, PopulationStatistics>>
