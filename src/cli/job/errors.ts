import { DataError } from '../../core/errors.js'
import { exitCodeOf } from './exit-codes.js'
import { log } from './log.js'

/** Prints an error as one line on standard error, its stack too with `--debug`, and sets the exit code. */
export function fail(error: unknown, debug: boolean): void {
  process.exitCode = exitCodeOfError(error)
  log.fail(error, process.exitCode, debug)
}

/** 70 for what is no DataError: a fault of attrstream itself. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof DataError ? exitCodeOf(error.code) : 70
}
