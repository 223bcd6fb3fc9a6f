import { isInterruption } from '../io/retries.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import { type Failure, isOfOneModel } from '../results/failures.js'
import type { Population } from './population.js'

/** A population, and what it came to. */
export interface Completed<T> {
  readonly population: Population
  readonly result: T
}

/** The same, or why it came to nothing. */
export type Outcome<T> = Completed<T> | Failure

/**
 * Runs `work` for all populations: one after the other where there is one worker, else one more at a time than there are workers,
 * so that the next is open when a worker is free. Where there are several, one whose data cannot be scored does not keep the
 * others from being: it is reported and counted as failed. Returns the outcomes in the order of the populations, of those begun
 * before the workers were stopped.
 *
 * Errors: that of a lone population; those that are not of one model's data, once the others that were begun have ended.
 */
export async function eachModel<T>(
  populations: readonly Population[],
  pool: WorkerPool,
  work: (population: Population) => Promise<T>,
  tell: (failure: Failure) => void,
): Promise<Outcome<T>[]> {
  const outcomes: (Outcome<T> | undefined)[] = []
  let next = 0
  let ended = false
  const takeNext = async () => {
    while (next < populations.length && !ended && !pool.isStopped) {
      const i = next++
      const population = populations[i]
      try {
        outcomes[i] = { population, result: await work(population) }
      } catch (error) {
        if (pool.isStopped && isInterruption(error)) return
        if (populations.length === 1 || !isOfOneModel(error)) {
          ended = true
          throw error
        }
        const failure = { model: population.model, error }
        outcomes[i] = failure
        tell(failure)
      }
    }
  }
  const most = pool.size === 1 ? 1 : pool.size + 1
  const takers = Array.from({ length: Math.min(most, populations.length) }, takeNext)
  for (const settled of await Promise.allSettled(takers)) {
    if (settled.status === 'rejected') throw settled.reason
  }
  return outcomes.flatMap(outcome => outcome ?? [])
}
