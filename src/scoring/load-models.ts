import { stat } from 'node:fs/promises'
import { DataError } from '../core/errors.js'
import { loadScores } from '../results/load-scores.js'
import { isStateFile } from './prior.js'
import type { PairAgreement } from '../metrics/agreement.js'
import type { ModelScore } from '../metrics/model-score.js'
import type { ModelCounts } from '../results/words.js'
import { scoresOfState } from './scores-of-state.js'

/** A model's scores, and the file that they are from. */
export interface LoadedModel {
  readonly source: string
  readonly score: ModelScore
  /** Its k-mers by group; undefined for scores.json, which does not hold them. */
  readonly counts?: ModelCounts
  /** Agreement of the pairs of which it is the first model, if its scores tell. */
  readonly pairs?: readonly PairAgreement[]
}

/**
 * The models of scores.json files, of folders that hold one, and of finished checkpoints of `score`.
 *
 * Errors: those of `loadScores` and `scoresOfState`; `usage`, for scores named twice.
 */
export async function loadModels(paths: readonly string[]): Promise<LoadedModel[]> {
  const twice = paths.find((path, i) => paths.indexOf(path) < i)
  if (twice !== undefined) throw new DataError('usage', `${twice} is given twice; give it once`)
  const models: LoadedModel[] = []
  for (const path of paths) {
    const isFile = (await stat(path).catch(() => undefined))?.isFile() === true
    if (isFile && (await isStateFile(path))) {
      for (const scored of await scoresOfState(path)) models.push({ source: path, ...scored })
    } else {
      const { document } = await loadScores(path)
      const pairs = document.agreement?.pairs ?? []
      for (const score of document.models) {
        models.push({ source: path, score, pairs: pairs.filter(({ a }) => a === score.model) })
      }
    }
  }
  return models
}
