import type { RecordOptions } from '../sources/records/records.js'
import { DataError } from '../core/errors.js'
import { type Checkpoint, isComplete } from '../engine/checkpoints/checkpoint.js'
import { failuresError } from '../results/failures.js'
import { ALL } from '../metrics/by-model.js'
import { scoresOf, statisticsOfState } from './scores-of-pass.js'
import { priorCounts } from '../metrics/score-model.js'
import { optionsOfNotes, type ScoringNotes } from './stored-options.js'
import type { ScoredCounts } from '../results/words.js'

/**
 * The scores that a finished checkpoint of `score` holds, of the models that have some, with the counts of their k-mers.
 *
 * Errors: `not-found`, `damaged`; `usage`, for a state that is not finished or not of the scoring pass, for one of a plan,
 * and for one of a global threshold, whose cut is not in it; that of the failures, where no model has scores.
 */
export async function scoresOfState(path: string): Promise<readonly ScoredCounts[]> {
  const where = { file: path }
  const { loadCheckpoint } = await import('../engine/checkpoints/checkpoint-file.js')
  const state = await loadCheckpoint(path)
  if (state === undefined) throw new DataError('not-found', 'no such state; check the path', where)
  const notes = (state.notes ?? undefined) as unknown as ScoringNotes | undefined
  if (state.pipeline !== 'statistics') {
    throw new DataError(
      'usage',
      `is a state of ${state.pipeline}, expected one of the scoring pass; give a scores.json`,
      where,
    )
  }
  if (state.plan !== null || notes?.metrics === undefined) {
    throw new DataError(
      'usage',
      'is a state of a plan; finish it with merge --out, and give the scores.json',
      where,
    )
  }
  if (!isComplete(state)) {
    throw new DataError(
      'usage',
      'is the state of a part of its data; let the run that made it finish first',
      where,
    )
  }
  if (notes.metrics.angular.threshold.kind === 'global') {
    throw new DataError(
      'usage',
      'is a state of a run with a global threshold, which it does not hold; give the scores.json of that run',
      where,
    )
  }
  const options = { ...optionsOfNotes(notes, recordsOf(state)), sweep: undefined }
  const statistics = statisticsOfState(options, null, state)
  const { scores, failed } = scoresOf(state.population, options, statistics, state.records)
  if (scores.length === 0) throw failuresError(failed, 0)
  return scores.flatMap(score => {
    const of = statistics.result.get(notes.byModel ? score.model : ALL)
    if (of === undefined) return []
    return [{ score, counts: { attributed: of.spectrum.groups, prior: priorCounts(of, options) } }]
  })
}

function recordsOf({ params }: Checkpoint): RecordOptions {
  return (params as { readonly records?: RecordOptions } | null)?.records ?? {}
}
