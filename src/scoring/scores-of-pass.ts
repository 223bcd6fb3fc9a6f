import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { tooManyBad } from './bad-record-policy.js'
import { modelCuts, type PlainCuts } from '../metrics/angular/global-threshold.js'
import { type Failure, isOfOneModel } from '../results/failures.js'
import type { Arrays } from '../core/types.js'
import { type PlainError, toPlain, fromPlain } from '../engine/workers/error-transfer.js'
import { BadRecords } from '../stats/sums/bad-records.js'
import { radiiPass, type Statistics, statisticsPass } from './pass-accumulators.js'
import { topOf } from '../metrics/angular/radii.js'
import { averageOf } from '../metrics/agreement.js'
import { type ScoreOptions, screenSpec, statisticsOptions } from './score-options.js'
import { noRecords, scoreModel, withFilter } from '../metrics/score-model.js'
import type { ModelFilter, ModelScore } from '../metrics/model-score.js'

/** The models of a pass, in the order of their names: the scores of those that have some, and why the others have none. */
export interface ScoredModels {
  readonly scores: readonly ModelScore[]
  readonly failed: readonly Failure[]
  /** Bad records, where they were let through. */
  readonly bad: BadRecords | undefined
}

/** Brackets of the global cuts, by model, from the state of the first pass. */
export function cutsOfRadii(options: ScoreOptions, radii: Checkpoint): PlainCuts {
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
  cuts: PlainCuts,
  { arrays }: Checkpoint,
): Statistics {
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return accumulator.result(accumulator.load(arrays))
}

/**
 * The scores of a pass over this many records; none where too many are bad, which fails them all. Error: `empty`, where a
 * filter kept none.
 */
export function scoresOf(
  model: string,
  options: ScoreOptions,
  passed: Statistics,
  records: number,
): ScoredModels {
  const tooMany = passed.bad && tooManyBad(passed.bad, records, options.bad)
  if (tooMany !== undefined) return { scores: [], failed: [{ model, error: tooMany }], bad: passed.bad }
  const filter = filterScore(passed, options, records)
  const { join } = options.records
  const average = join?.average === undefined ? undefined : averageOf(join)
  const scored = modelScores(model, passed, options)
  const scores = scored.scores
    .map(score => (filter === undefined ? score : withFilter(score, filter)))
    .map(score => (average === undefined ? score : { ...score, average }))
  return { ...scored, scores }
}

/** What a filter left out of this many records, all models together. Error: `empty`, where that is all of them. */
function filterScore(
  { result, bad }: Statistics,
  { records: { where } }: ScoreOptions,
  records: number,
): ModelFilter | undefined {
  if (where === undefined) return undefined
  let kept = bad?.total ?? 0
  for (const { tally } of result.values()) kept += tally.records
  if (kept > 0) return { where, records_left_out: records - kept }
  throw new DataError('empty', `--where ${where} matches none of ${records} records; check the expression`)
}

/** The scores of every model of a pass that has some; their KLDs alone where `brief`. Never neither scores nor failures. */
export function modelScores(
  model: string,
  { result, bad }: Statistics,
  options: ScoreOptions,
  brief = false,
): ScoredModels {
  const { byModel } = statisticsOptions(options)
  const modelsWithoutRecords = bad?.models().filter(key => key !== '' && !result.has(key)) ?? []
  const keys = [...result.keys(), ...modelsWithoutRecords].toSorted()
  if (keys.length === 0) return { scores: [], failed: [{ model, error: noRecords(model, bad?.by()) }], bad }
  const badWithoutModel = byModel ? bad?.by('') : undefined
  const scores: ModelScore[] = []
  const failed: Failure[] = []
  for (const key of keys) {
    const name = byModel ? key : model
    const of = result.get(key)
    const counts = byModel ? bad?.by(key) : bad?.by()
    try {
      if (of === undefined) throw noRecords(name, counts)
      scores.push(scoreModel(name, { ...of, bad: counts, badWithoutModel }, options, brief))
    } catch (error) {
      if (!isOfOneModel(error)) throw error
      failed.push({ model: name, error })
    }
  }
  return { scores, failed, bad }
}

/** The same as it passes between threads. */
export interface PlainScores {
  readonly scores: readonly ModelScore[]
  readonly failed: readonly { readonly model: string; readonly error: PlainError }[]
  readonly bad: Arrays | undefined
}

export function plainScores({ scores, failed, bad }: ScoredModels): PlainScores {
  return {
    scores,
    failed: failed.map(({ model, error }) => ({ model, error: toPlain(error) })),
    bad: bad?.save(),
  }
}

export function readScores({ scores, failed, bad }: PlainScores): ScoredModels {
  return {
    scores,
    failed: failed.map(({ model, error }) => ({ model, error: fromPlain(error) as DataError })),
    bad: bad && BadRecords.load(bad),
  }
}
