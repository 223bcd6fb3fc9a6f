import { DataError, type ErrorCode } from '../core/errors.js'
import type { FailedModel } from './document.js'

/** A model that cannot be scored, for a reason of its own. */
export interface Failure {
  readonly model: string
  readonly error: DataError
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
  'pairing',
  'mismatch',
])

/** Whether an error is of one model's data, so that others may be scored still. */
export function isOfOneModel(error: unknown): error is DataError {
  return error instanceof DataError && OF_ONE_MODEL.has(error.code)
}

/** Failures as scores.json has them; no member where there are none. */
export function failedModels(failed: readonly Failure[]): { readonly failed?: readonly FailedModel[] } {
  if (failed.length === 0) return {}
  return { failed: failed.map(({ model, error: { code, message } }) => ({ model, code, message })) }
}

/** Most models that a message names. */
const MOST_NAMED = 5

/**
 * The error of a run in which some models failed and others were scored: that of a single model itself; of several one
 * that names them, whose code, and so the exit code, is that of the first.
 */
export function failuresError(failed: readonly Failure[], scored: number): DataError {
  const [{ model, error }] = failed
  const models = failed.length + scored
  if (models === 1) return error
  const names = failed.slice(0, MOST_NAMED).map(({ model }) => model)
  const more = failed.length > names.length ? ` and ${failed.length - names.length} more` : ''
  const others = scored === 0 ? '' : '; the others are'
  return new DataError(
    error.code,
    `${failed.length} of ${models} models could not be scored: ${names.join(', ')}${more}${others}. ${model}: ${error.message}`,
    {},
    error,
  )
}
