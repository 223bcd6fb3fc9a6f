import { DataError } from '../core/errors.js'
import type { AnyAccumulator } from '../core/types.js'
import type { OpenedInput } from '../engine/fold-options.js'
import { readingBytes } from '../scoring/estimate.js'

/**
 * Refuses a fold that needs more memory than the limit: Node, for each worker three copies of the largest batch, and the
 * states, as large as an empty one is when it is saved. A state that grows with the data is not foreseen.
 *
 * Error: `usage`, with what would help.
 */
export function assertFoldFits(
  accumulator: AnyAccumulator,
  inputs: readonly OpenedInput[],
  workers: number,
  limit: number,
): void {
  let batchBytes = 0
  for (const { batches = [] } of inputs) {
    for (const { bytes } of batches) batchBytes = Math.max(batchBytes, bytes)
  }
  let state = 0
  for (const { byteLength } of Object.values(accumulator.save(accumulator.empty()))) state += byteLength
  const needs = (workers: number) => readingBytes(workers, batchBytes) + state * (workers + 1)
  if (needs(workers) <= limit) return
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  const fewer = workers > 1 ? `use --workers 1 (${megabytes(needs(1))}), or ` : ''
  throw new DataError(
    'usage',
    `the run needs about ${megabytes(needs(workers))} of memory, and the limit is ${megabytes(limit)}; ${fewer}raise --memory-limit`,
  )
}
