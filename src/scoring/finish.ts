import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoint.js'
import { refuseTooMany } from './bad-record-policy.js'
import { modelCuts } from './cuts.js'
import { type PassResult, type PassSpec, radiiPass, statisticsPass } from './pass.js'
import { topOf } from './population-radii.js'
import type { PopulationStatistics } from './population-statistics.js'
import { type ScoreOptions, screenSpec, statisticsOptions } from './score-options.js'
import { type ModelFilter, type ModelScore, noRecords, scoreModel, withFilter } from './scores.js'

/** What the scoring pass comes to, by model. */
export type Statistics = PassResult<ReadonlyMap<string, PopulationStatistics>>

/** Brackets of the global cuts, by model, from the state of the first pass. */
export function cutsOfRadii(options: ScoreOptions, radii: Checkpoint): PassSpec['cuts'] {
  const { threshold } = options.metrics.angular
  if (threshold.kind !== 'global') return null
  const accumulator = radiiPass(statisticsOptions(options), screenSpec(options))
  const { result: histograms } = accumulator.result(accumulator.load(radii.arrays))
  return [...histograms].flatMap(([model, radii]) =>
    modelCuts(model, radii, topOf(statisticsOptions(options))),
  )
}

/** The scores that a state of the scoring pass holds. */
export function finishScores(
  model: string,
  options: ScoreOptions,
  cuts: PassSpec['cuts'],
  checkpoint: Checkpoint,
): ModelScore[] {
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return scoresOf(model, options, accumulator.result(accumulator.load(checkpoint.arrays)), checkpoint.records)
}

/** The scores of a pass over so many records. Errors: those of `scoreModel` and `refuseTooMany`; `empty`, where a filter kept none. */
export function scoresOf(
  model: string,
  options: ScoreOptions,
  passed: Statistics,
  records: number,
): ModelScore[] {
  if (passed.bad !== undefined) refuseTooMany(passed.bad, records, options.bad)
  const filter = filterScore(passed, options, records)
  const scores = modelScores(model, passed, options)
  return filter === undefined ? scores : scores.map(score => withFilter(score, filter))
}

/** What a filter left out of so many records, all models together. Error: `empty`, where that is all of them. */
function filterScore(
  { result, bad }: Statistics,
  { records: { where } }: ScoreOptions,
  records: number,
): ModelFilter | undefined {
  if (where === undefined) return undefined
  let kept = bad?.total ?? 0
  for (const { tally } of result.values()) kept += tally.records
  if (kept > 0) return { where, leftOut: records - kept }
  throw new DataError('empty', `--where ${where} keeps none of ${records} records; name what is there`)
}

/** The bad records that a state of the scoring pass holds; undefined where they were not let through. */
export function badRecordsOf(options: ScoreOptions, cuts: PassSpec['cuts'], { arrays }: Checkpoint) {
  if (options.bad === undefined) return undefined
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return accumulator.result(accumulator.load(arrays)).bad
}

/** The scores of every model of a pass; their KLDs alone where `brief`. Errors: those of `scoreModel`. */
export function modelScores(
  model: string,
  { result, bad }: Statistics,
  options: ScoreOptions,
  brief = false,
): ModelScore[] {
  const { byModel } = statisticsOptions(options)
  const hopeless = bad?.models().find(key => key !== '' && !result.has(key))
  if (hopeless !== undefined) throw noRecords(hopeless, bad?.by(hopeless))
  if (result.size === 0) throw noRecords(model, bad?.by())
  const nobodys = byModel ? bad?.by('') : undefined
  return [...result].map(([key, of]) =>
    scoreModel(
      byModel ? key : model,
      { ...of, bad: byModel ? bad?.by(key) : bad?.by(), nobodys },
      { ...options, brief },
    ),
  )
}
