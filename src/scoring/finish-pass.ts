import type { DataError } from '../core/errors.js'
import type { Arrays } from '../core/types.js'
import type { FinishRecipe } from '../engine/workers/local-worker.js'
import { type PlainError, plainError, revive } from '../engine/workers/error-transfer.js'
import { BadRecords } from '../stats/sums/bad-records.js'
import { type ScoredModels, scoresOf, type Statistics } from './scores-of-pass.js'
import type { ScoreOptions } from './score-options.js'
import type { ModelScore } from '../metrics/model-score.js'

/** Whose scores a pass is for, and by what options. */
export interface FinishSpec {
  readonly model: string
  readonly options: ScoreOptions
}

/** What a scoring pass comes to, as it passes between threads. */
export interface FinishedPass {
  readonly scores: readonly ModelScore[]
  readonly failed: readonly { readonly model: string; readonly error: PlainError }[]
  /** Bad records, where they were let through. */
  readonly bad: Arrays | undefined
}

/** How any lane scores what it folded; undefined where it cannot be told what motifs are looked up. */
export function finishRecipe(spec: FinishSpec): FinishRecipe | undefined {
  return spec.options.readout?.motifs === undefined ? { module: import.meta.url, spec } : undefined
}

/** Scores a pass over so many records; called by lanes. Errors: those of `scoresOf`. */
export function finish(result: Statistics, records: number, { model, options }: FinishSpec): FinishedPass {
  const { scores, failed } = scoresOf(model, options, result, records)
  return {
    scores,
    failed: failed.map(({ model, error }) => ({ model, error: plainError(error) })),
    bad: result.bad?.save(),
  }
}

/** The scores of a finished pass, and its bad records. */
export function readFinished({
  scores,
  failed,
  bad,
}: FinishedPass): ScoredModels & { bad: BadRecords | undefined } {
  return {
    scores,
    failed: failed.map(({ model, error }) => ({ model, error: revive(error) as DataError })),
    bad: bad && BadRecords.load(bad),
  }
}
