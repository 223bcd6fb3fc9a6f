import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { tooManyBad } from './bad-record-policy.js'
import { modelCuts } from '../metrics/angular/global-threshold.js'
import { type Failure, isOfOneModel } from '../results/failures.js'
import { type PassResult, type PassSpec, radiiPass, statisticsPass } from './pass.js'
import { topOf } from '../metrics/angular/radii.js'
import type { PopulationStatistics } from '../metrics/statistics.js'
import { type ScoreOptions, screenSpec, statisticsOptions } from './score-options.js'
import { noRecords, scoreModel, withFilter } from '../metrics/score-model.js'
import type { ModelFilter, ModelScore } from '../metrics/model-score.js'

/** What the scoring pass comes to, by model. */
export type Statistics = PassResult<ReadonlyMap<string, PopulationStatistics>>

/** The models of a pass, in the order of their names: the scores of those that have some, and why the others have none. */
export interface ScoredModels {
  readonly scores: readonly ModelScore[]
  readonly failed: readonly Failure[]
}

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

/** What a state of the scoring pass holds. */
export function statisticsOfState(
  options: ScoreOptions,
  cuts: PassSpec['cuts'],
  { arrays }: Checkpoint,
): Statistics {
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return accumulator.result(accumulator.load(arrays))
}

/** The scores of a state of the scoring pass. Errors: those of `scoresOf`. */
export function finishScores(
  model: string,
  options: ScoreOptions,
  cuts: PassSpec['cuts'],
  checkpoint: Checkpoint,
): ScoredModels {
  return scoresOf(model, options, statisticsOfState(options, cuts, checkpoint), checkpoint.records)
}

/**
 * The scores of a pass over so many records; none where too many are bad, which fails them all. Error: `empty`, where a
 * filter kept none.
 */
export function scoresOf(
  model: string,
  options: ScoreOptions,
  passed: Statistics,
  records: number,
): ScoredModels {
  const tooMany = passed.bad && tooManyBad(passed.bad, records, options.bad)
  if (tooMany !== undefined) return { scores: [], failed: [{ model, error: tooMany }] }
  const filter = filterScore(passed, options, records)
  const { scores, failed } = modelScores(model, passed, options)
  return { scores: filter === undefined ? scores : scores.map(score => withFilter(score, filter)), failed }
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
  throw new DataError('empty', `--where ${where} matches none of ${records} records; check the expression`)
}

/** The bad records that a state of the scoring pass holds; undefined where they were not let through. */
export function badRecordsOf(options: ScoreOptions, cuts: PassSpec['cuts'], checkpoint: Checkpoint) {
  if (options.bad === undefined) return undefined
  return statisticsOfState(options, cuts, checkpoint).bad
}

/** The scores of every model of a pass that has some; their KLDs alone where `brief`. Never neither scores nor failures. */
export function modelScores(
  model: string,
  { result, bad }: Statistics,
  options: ScoreOptions,
  brief = false,
): ScoredModels {
  const { byModel } = statisticsOptions(options)
  const hopeless = bad?.models().filter(key => key !== '' && !result.has(key)) ?? []
  const keys = [...result.keys(), ...hopeless].toSorted()
  if (keys.length === 0) return { scores: [], failed: [{ model, error: noRecords(model, bad?.by()) }] }
  const nobodys = byModel ? bad?.by('') : undefined
  const scores: ModelScore[] = []
  const failed: Failure[] = []
  for (const key of keys) {
    const name = byModel ? key : model
    const of = result.get(key)
    const counts = byModel ? bad?.by(key) : bad?.by()
    try {
      if (of === undefined) throw noRecords(name, counts)
      scores.push(scoreModel(name, { ...of, bad: counts, nobodys }, { ...options, brief }))
    } catch (error) {
      if (!isOfOneModel(error)) throw error
      failed.push({ model: name, error })
    }
  }
  return { scores, failed }
}
