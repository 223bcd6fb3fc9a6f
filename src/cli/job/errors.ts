import { DataError } from '../../core/errors.js'
import { systemCode } from '../../io/system-error.js'
import { exitCodeOf } from './exit-codes.js'
import { log } from './log.js'

/** Prints an error as one line on standard error, its stack too with `--debug`, and sets the exit code. */
export function fail(error: unknown, debug: boolean): void {
  process.exitCode = exitCodeOfError(error)
  log.fail(explained(error), process.exitCode, debug)
}

/** An error that any part may meet, as one that says what to do. */
function explained(error: unknown): unknown {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'EMFILE' || code === 'ENFILE'
    ? new DataError('io', `too many open files (${code}); raise the limit, as by ulimit -n 1024`, {}, error)
    : error
}

/** The code of its kind; of an error of the operating system that of reading and writing; 70, a fault of attrstream, for any other. */
export function exitCodeOfError(error: unknown): number {
  const known = explained(error)
  if (known instanceof DataError) return exitCodeOf(known.code)
  return systemCode(known) === undefined ? 70 : exitCodeOf('io')
}
