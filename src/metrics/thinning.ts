import { DataError } from '../core/errors.js'
import type { OpenedInput } from '../engine/fold-options.js'

/** How many of the records are scored, chosen by hash of the id. */
export interface Thinning {
  /** As asked for: a fraction up to 1, or above that an approximate number of records. */
  readonly asked: number
  /** The fraction that results; not known before the records are counted. */
  readonly fraction?: number | undefined
}

/** Errors: `usage`. */
export function thinningOf(asked: number): Thinning {
  if (!(asked > 0 && Number.isFinite(asked))) {
    throw new DataError(
      'usage',
      `thin is ${asked}, expected a fraction above 0 up to 1, or a number of records above 1`,
    )
  }
  return asked <= 1 ? { asked, fraction: asked } : { asked }
}

/** The same with its fraction, of as many records as the inputs have. Error: `usage`, where they do not tell how many. */
export function resolveThinning(
  thinning: Thinning | undefined,
  inputs: readonly Pick<OpenedInput, 'name' | 'batches'>[],
): Thinning | undefined {
  if (thinning === undefined || thinning.fraction !== undefined) return thinning
  let records = 0
  for (const { name, batches } of inputs) {
    if (batches === undefined) {
      const what = `the number of records in a pipe is not known in advance, so it cannot be thinned to ${thinning.asked}; give a fraction`
      throw new DataError('usage', what, { file: name })
    }
    for (const { rows } of batches) records += rows
  }
  return { asked: thinning.asked, fraction: Math.min(1, thinning.asked / Math.max(1, records)) }
}
