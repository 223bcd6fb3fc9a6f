import { DataError } from '../core/errors.js'
import { exitCodeOf } from './exit-codes.js'

/** Prints an error as one line on standard error, its stack too with `--debug`, and sets the exit code. */
export function fail(error: unknown, debug: boolean): void {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`attrstream: ${message.replace(/\s*\n\s*/g, ' ')}\n`)
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
  process.exitCode = error instanceof DataError ? exitCodeOf(error.code) : 70
  if (process.exitCode === 70 && !debug) {
    process.stderr.write(
      'attrstream: this is a fault of attrstream itself; --debug shows where, please report it\n',
    )
  }
}
