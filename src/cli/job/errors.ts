import { DataError } from '../../core/errors.js'
import { systemCode } from '../../io/system-error.js'
import { exitCodeOf } from './exit-codes.js'
import { log } from './log.js'

/** Prints an error as one line on standard error, its stack too with `--debug`, and sets the exit code. */
export function fail(error: unknown, debug: boolean): void {
  process.exitCode = exitCodeOfError(error)
  log.fail(error, process.exitCode, debug)
}

/** The code of its kind; of an error of the operating system that of reading and writing; 70, a fault of attrstream, for any other. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof DataError) return exitCodeOf(error.code)
  return systemCode(error) === undefined ? 70 : exitCodeOf('io')
}
