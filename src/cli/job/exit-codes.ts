import { log } from './log.js'
import { systemCode } from '../../io/system-error.js'
import { DataError, type ErrorCode } from '../../core/errors.js'

/**
 * Exit codes, as schedulers use them: retry 75 and 128 + signal, never the others. 0 is done; a signal that
 * stopped a run gives 128 + its number.
 */
const EXIT_CODES: { readonly [code in ErrorCode]: number } = {
  usage: 2,
  missing: 3,
  overlap: 4,
  damaged: 65,
  io: 75,
  worker: 75,
  mismatch: 78,
  'not-found': 1,
  format: 1,
  column: 1,
  axes: 1,
  record: 1,
  empty: 1,
  prior: 1,
  pairing: 1,
  stage: 70,
}

function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code]
}

/** Prints an error as one line on standard error, its stack too with `--debug`, and sets the exit code. */
export function fail(error: unknown, debug: boolean): void {
  process.exitCode = exitCodeOfError(error)
  log.fail(explained(error), process.exitCode, debug)
}

/** An error that any part may meet, as one that says what to do; a reader may have taken it for damage of its file. */
function explained(error: unknown): unknown {
  for (let cause = error; cause !== undefined && cause !== null; cause = (cause as Error).cause) {
    const { code } = cause as { code?: unknown }
    if (code === 'EMFILE' || code === 'ENFILE') {
      return new DataError(
        'io',
        `too many open files (${code}); raise the limit, e.g. ulimit -n 1024`,
        {},
        error,
      )
    }
  }
  return error
}

/** The code of its kind; of an error of the operating system that of reading and writing; 70, a fault of attrstream, for any other. */
export function exitCodeOfError(error: unknown): number {
  const known = explained(error)
  if (known instanceof DataError) return exitCodeOf(known.code)
  return systemCode(known) === undefined ? 70 : exitCodeOf('io')
}
