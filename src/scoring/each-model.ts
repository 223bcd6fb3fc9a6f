import { DataError, type ErrorCode } from '../core/errors.js'
import type { LanePool } from '../engine/pool.js'
import type { Population } from './population.js'

/** A model that cannot be scored, for a reason of its own. */
export interface Failure {
  readonly population: Population
  readonly error: DataError
}

/** What each model of a run came to, in the order of the models, of those begun before the lanes were stopped. */
export interface EachModel<T> {
  readonly done: readonly { readonly population: Population; readonly result: T }[]
  readonly failed: readonly Failure[]
}

/** Errors that are of a model's data. Any other, as a wrong option or a worker that died, is of the whole run. */
const OF_ONE_MODEL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-found',
  'io',
  'format',
  'damaged',
  'column',
  'axes',
  'record',
  'empty',
  'prior',
  'mismatch',
])

/**
 * Runs `work` for all models, as many at a time as there are lanes. Where there are several, one whose data cannot be
 * scored does not keep the others from being: it is told and counted as failed.
 *
 * Errors: that of a lone model; those that are not of one model's data, once the others that were begun have ended.
 */
export async function eachModel<T>(
  populations: readonly Population[],
  pool: LanePool,
  work: (population: Population) => Promise<T>,
  tell: (failure: Failure) => void,
): Promise<EachModel<T>> {
  const outcomes: ({ readonly result: T } | { readonly error: DataError } | undefined)[] = []
  let next = 0
  let ended = false
  const lane = async () => {
    while (next < populations.length && !ended && !pool.isStopped) {
      const i = next++
      const population = populations[i]
      try {
        outcomes[i] = { result: await work(population) }
      } catch (error) {
        if (populations.length === 1 || !(error instanceof DataError) || !OF_ONE_MODEL.has(error.code)) {
          ended = true
          throw error
        }
        outcomes[i] = { error }
        tell({ population, error })
      }
    }
  }
  const lanes = Array.from({ length: Math.min(pool.size, populations.length) }, lane)
  for (const settled of await Promise.allSettled(lanes)) {
    if (settled.status === 'rejected') throw settled.reason
  }
  const done: EachModel<T>['done'][number][] = []
  const failed: Failure[] = []
  for (const [i, outcome] of outcomes.entries()) {
    const population = populations[i]
    if (outcome === undefined) continue
    if ('error' in outcome) failed.push({ population, error: outcome.error })
    else done.push({ population, result: outcome.result })
  }
  return { done, failed }
}

/** Most models that a message names. */
const MOST_NAMED = 5

/** The error of a run of so many models of which some failed: its code, and so the exit code, is that of the first. */
export function failuresError(failed: readonly Failure[], models: number): DataError {
  const [{ population, error }] = failed
  const names = failed.slice(0, MOST_NAMED).map(({ population: { model } }) => model)
  const more = failed.length > names.length ? ` and ${failed.length - names.length} more` : ''
  const others = failed.length === models ? '' : '; the others are'
  return new DataError(
    error.code,
    `${failed.length} of ${models} models could not be scored: ${names.join(', ')}${more}${others}. ${population.model}: ${error.message}`,
    {},
    error,
  )
}
