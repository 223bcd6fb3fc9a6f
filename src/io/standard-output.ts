import { once } from 'node:events'
import { withoutSecrets } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { writingCause } from './atomic-file.js'

/**
 * Writes to standard output, no faster than it is taken, and returns once all is.
 *
 * Error: `io`; its cause has the system's own, among them EPIPE, where the reader has closed the pipe.
 */
export async function writeOutput(pieces: AsyncIterable<Uint8Array | string>): Promise<void> {
  const { stdout } = process
  let failure: unknown
  const onError = (error: unknown) => {
    failure ??= error
  }
  stdout.on('error', onError)
  try {
    for await (const piece of pieces) {
      if (!stdout.write(piece)) await once(stdout, 'drain')
      if (failure !== undefined) throw failure
    }
    await new Promise<void>((resolve, reject) => {
      stdout.write('', error =>
        error == null && failure === undefined ? resolve() : reject(failure ?? error),
      )
    })
  } catch (error) {
    throw failure === undefined || error instanceof DataError ? error : outputError(failure)
  } finally {
    // A write fails later than it returns, and may do so twice.
    setImmediate(() => stdout.off('error', onError))
  }
}

/** The error for a write to standard output that failed. */
export function outputError(error: unknown): DataError {
  return new DataError('io', `standard output cannot be written: ${writingCause(error)}`, {}, error)
}

/** Writes a text to standard output. A reader that closes the pipe has read enough. Error: `io`. */
export async function printText(text: string): Promise<void> {
  async function* whole() {
    yield withoutSecrets(text)
  }
  try {
    await writeOutput(whole())
  } catch (error) {
    if (((error as DataError).cause as NodeJS.ErrnoException | undefined)?.code !== 'EPIPE') throw error
  }
}
