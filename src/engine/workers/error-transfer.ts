import { DataError, type ErrorCode } from '../../core/errors.js'
import type { Where } from '../../core/types.js'

/** An error as it passes between threads. */
export interface PlainError {
  readonly code: ErrorCode | undefined
  readonly what: string
  readonly where: Where
  readonly stack: string | undefined
}

/** What of an error passes between threads. */
export function toPlain(error: unknown): PlainError {
  if (error instanceof DataError) {
    return { code: error.code, what: error.what, where: error.where, stack: error.stack }
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { code: undefined, what: message, where: {}, stack }
}

/** The error that another thread sent. */
export function fromPlain({ code, what, where, stack }: PlainError): Error {
  const error = code === undefined ? new Error(what) : new DataError(code, what, where)
  if (stack !== undefined) error.stack = stack
  return error
}
