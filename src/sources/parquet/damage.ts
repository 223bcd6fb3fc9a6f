import { DataError } from '../../core/errors.js'

/** The file contradicts itself: *what* is found against expected. */
export function damaged(what: string, cause?: unknown): DataError {
  return new DataError('damaged', `${what}; the file is damaged, write it again`, {}, cause)
}

/** A form of Parquet that is not read: *what* it is, and how to write it instead. */
export function unread(what: string, todo: string): DataError {
  return new DataError('format', `${what}; ${todo}`)
}

/**
 * What `work` returns. What it throws is put in its *place*; what is no DataError, a library's oddity, is damage.
 */
export function guard<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DataError)) throw damaged(`${place} cannot be read (${said(error)})`, error)
    if (error.what.includes(place)) throw error
    throw new DataError(error.code, `${place}: ${error.what}`, error.where, error.cause)
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A count or an offset of the file as a number: 0 to 2^53, whether Thrift held it in 32 or 64 bits. */
export function checkedCount(value: unknown, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw damaged(`${what} is ${String(value)}, expected a count`)
  }
  return number
}

/** A page holds fewer bytes of values than its values need. */
export function short(found: number, expected: number): DataError {
  return damaged(`the values of a page have ${found} bytes, expected ${expected}`)
}

/** An encoding that does not exist, or not for `what`. */
export function unknown(encoding: string | undefined, what: string): DataError {
  const said = encoding === undefined ? 'an encoding' : `the encoding ${encoding}`
  return unread(`${said} of ${what} is not known`, 'write it with a current library')
}
