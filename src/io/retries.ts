import { setTimeout as sleep } from 'node:timers/promises'
import { DataError } from '../core/errors.js'

/** How patient requests are; set by the environment, for slow networks and for tests. */
export interface Patience {
  /** Attempts without a byte of progress before giving up. */
  readonly attempts: number
  /** A connection that gives nothing for so long is dropped, in ms. */
  readonly stallMs: number
  /** Before the second attempt, in ms; each further one waits twice as long, up to 30 s. */
  readonly pauseMs: number
}

export function patience(): Patience {
  return {
    attempts: integerFrom('ATTRSTREAM_REMOTE_ATTEMPTS', 6),
    stallMs: 1000 * integerFrom('ATTRSTREAM_REMOTE_STALL_SECONDS', 30),
    pauseMs: integerFrom('ATTRSTREAM_REMOTE_PAUSE_MS', 500),
  }
}

function integerFrom(name: string, usual: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return usual
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new DataError('usage', `${name} is ${text}, expected a whole number`)
}

/** A failure that may pass: the server is busy, the connection was lost. */
export class Passing extends Error {
  /** When the server says to come again, in ms from now. */
  readonly afterMs: number | undefined

  constructor(message: string, afterMs?: number, cause?: unknown) {
    super(message, { cause })
    this.afterMs = afterMs
  }
}

const LONGEST_PAUSE = 30_000

let interruption = new AbortController()

/** Ends all that this thread waits for of servers, and all that it asks of them later, with an error: the run is to stop. */
export function interruptRemote(): void {
  interruption.abort()
}

/** Lets this thread ask servers again: another run begins. */
export function allowRemote(): void {
  interruption = new AbortController()
}

/** Aborted where the run is to stop, or by `signal`. */
export function orInterrupted(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, interruption.signal])
}

const INTERRUPTED = 'was not read further, since the run is stopped'

/** Whether an error says no more than that the run is to stop. */
export function isInterruption(error: unknown): boolean {
  return error instanceof DataError && error.what === INTERRUPTED
}

function throwIfInterrupted(file: string): void {
  if (interruption.signal.aborted) throw new DataError('io', INTERRUPTED, { file })
}

/**
 * Does `work` again and again while it fails in passing, with longer and longer pauses; the counting starts over
 * whenever `progress()` has grown. Errors: `io`, once too many attempts failed, and where the run is stopped; whatever else `work`
 * throws.
 */
export async function withRetries<T>(
  file: string,
  work: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  const { attempts, pauseMs } = patience()
  let failed = 0
  let reached = progress()
  for (;;) {
    throwIfInterrupted(file)
    try {
      return await work()
    } catch (error) {
      throwIfInterrupted(file)
      if (!(error instanceof Passing)) throw error
      const now = progress()
      failed = now > reached ? 1 : failed + 1
      reached = now
      if (failed >= attempts) {
        throw new DataError(
          'io',
          `cannot be read: ${error.message}, ${failed} times in a row; try again later`,
          { file },
          error,
        )
      }
      const pause = pauseMs * 2 ** (failed - 1) * (0.75 + Math.random() / 2)
      const ms = Math.min(LONGEST_PAUSE, error.afterMs ?? pause)
      await sleep(ms, undefined, { signal: interruption.signal }).catch(() => {})
    }
  }
}

/**
 * Bytes that come in pieces, asked for again from where they broke off. Errors: those of `withRetries`.
 *
 * @param ask Asks for all from byte `done` on and hands over each piece as it comes.
 */
export async function collectBytes(
  file: string,
  length: number,
  ask: (done: number, piece: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  const take = (piece: Uint8Array) => {
    bytes.set(piece, done)
    done += piece.length
  }
  const rest = async () => {
    if (done < length) await ask(done, take)
  }
  await withRetries(file, rest, () => done)
  return bytes
}
