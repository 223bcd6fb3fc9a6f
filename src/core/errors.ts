import { shownPath, withoutSecrets } from './address.js'

/** Where in the data something was met; whatever is known is filled in. Batches and rows count from 0. */
export interface Where {
  readonly file?: string
  readonly batch?: number
  readonly row?: number
  readonly id?: string
}

/** What went wrong, for programs. The command line maps each to an exit code. */
export type ErrorCode =
  | 'usage' // a wrong option or combination of options
  | 'not-found' // no such file, or nothing matches
  | 'io' // reading or writing failed in a way that may pass
  | 'format' // not a file of a known format, or of a form that is not read
  | 'damaged' // a file of a known format that is truncated or contradicts itself
  | 'column' // a missing or wrongly typed column
  | 'axes' // axes or alphabet not declared, or against the data
  | 'record' // one record that cannot be scored
  | 'empty' // nothing to score
  | 'prior' // a prior that does not fit
  | 'pairing' // files that do not belong together: other numbers of rows, other ids, another genome
  | 'missing' // shards or batches not covered yet
  | 'overlap' // batches counted twice
  | 'mismatch' // another plan, other options, changed data
  | 'worker' // a worker thread died
  | 'stage' // a stage, accumulator or sink threw something that is none of these

/**
 * Why a record is bad. Saved states number them in this order, so new ones come last.
 *
 * `null`: a null row or element; `shape`: lists of differing or wrong lengths; `length`: map and sequence disagree;
 * `short`: fewer bases than k; `not-finite`: NaN or infinity in the map; `overflow`: squares beyond the doubles;
 * `sequence`: neither letters nor one-hot; `truth`: no ground truth of the record.
 */
export const BAD_REASONS = [
  'null',
  'shape',
  'length',
  'short',
  'not-finite',
  'overflow',
  'sequence',
  'truth',
  'other',
] as const

export type BadReason = (typeof BAD_REASONS)[number]

/**
 * The one error of attrstream. The message reads *where: what is wrong: found against expected; what to do*.
 */
export class DataError extends Error {
  readonly code: ErrorCode
  readonly where: Where
  /** The message without its place. */
  readonly what: string
  /** Why a record is bad, where the code is `record`. */
  readonly reason: BadReason | undefined

  constructor(code: ErrorCode, what: string, where: Where = {}, cause?: unknown, reason?: BadReason) {
    const place = describe(where)
    super(withoutSecrets(place ? `${place}: ${what}` : what), cause === undefined ? {} : { cause })
    this.name = 'DataError'
    this.code = code
    this.what = withoutSecrets(what)
    this.where = where
    this.reason = reason
  }

  /** The same error with more of its place filled in; what is known already stays. */
  at(where: Where): DataError {
    const { code, what, cause, reason, stack } = this
    const moved = new DataError(code, what, { ...where, ...this.where }, cause, reason)
    if (stack !== undefined) moved.stack = stack
    return moved
  }
}

/** An error of the map of one model of a record that has those of several. */
export function modelError(model: string, error: unknown): unknown {
  if (!(error instanceof DataError)) return error
  return new DataError(error.code, `map of ${model}: ${error.what}`, error.where, error.cause, error.reason)
}

/** The error for one record that cannot be used. */
export function badRecord(reason: BadReason, what: string): DataError {
  return new DataError('record', what, {}, undefined, reason)
}

/**
 * What a part of a pipeline threw, as in `stage correct`, reported with its name. DataErrors stay what they are, and so does
 * what has the name of a part further inside already.
 */
export function partError(part: string, error: unknown): DataError {
  if (error instanceof DataError) return error
  const said = error instanceof Error ? error.message : String(error)
  const named = new DataError('stage', `${part} failed: ${said}`, {}, error)
  if (error instanceof Error && error.stack !== undefined) named.stack = error.stack
  return named
}

/** `maps.parquet batch 3 row 17 (chr1:100-300)`: the known parts of a place, for people. */
export function describe(where: Where): string {
  const parts: string[] = []
  if (where.file !== undefined) parts.push(shownPath(where.file))
  if (where.batch !== undefined) parts.push(`batch ${where.batch}`)
  if (where.row !== undefined) parts.push(`row ${where.row}`)
  if (where.id !== undefined) parts.push(`(${where.id})`)
  return parts.join(' ')
}

/** A library's oddity as a DataError: strings, plain errors and DataErrors alike. */
export function asDataError(error: unknown, code: ErrorCode, where: Where, what?: string): DataError {
  if (error instanceof DataError) return error.at(where)
  const said = error instanceof Error ? error.message : String(error)
  return new DataError(code, what === undefined ? said : `${what}: ${said}`, where, error)
}

/** What a part gives, or the DataError that it throws. */
export async function catchDataError<T>(part: () => Promise<T>): Promise<T | DataError> {
  try {
    return await part()
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}
