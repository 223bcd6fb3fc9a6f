import { constants } from 'node:os'
import { removeOwnTemporaries } from '../../io/temporary-files.js'

/** Signals that stop a run in good order: schedulers announce a limit or a pre-empted node with one of these. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGXCPU'] as const

export type StopSignal = (typeof SIGNALS)[number]

/** A signal that is sent to a process and to its group arrives twice, faster than a person types. */
const SAME_MS = 100

/**
 * Calls `stop` at the first signal. Later ones change nothing, since schedulers repeat them, but a second SIGINT: that
 * is a person who does not want to wait, and quits at once.
 *
 * @returns What ends this, where no signal has come.
 */
export function onStopSignal(stop: (signal: StopSignal) => void): () => void {
  let stopped = false
  let interrupted = Number.POSITIVE_INFINITY
  const listeners = SIGNALS.map(signal => {
    const listener = () => {
      if (signal === 'SIGINT') {
        if (performance.now() - interrupted > SAME_MS) exitBySignal(signal)
        interrupted = Math.min(interrupted, performance.now())
      }
      if (stopped) return
      stopped = true
      stop(signal)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    // What repeats a signal must not kill a run that is about to end by itself.
    if (stopped) return
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}

/**
 * Ends the process with 128 + the signal's number, and removes what it had not finished writing. Not by running out of work: while Node takes itself down, which lasts
 * some 50 ms, a repeated signal would kill it.
 */
export function exitBySignal(signal: StopSignal): never {
  removeOwnTemporaries()
  process.exit(exitCodeOfSignal(signal))
}

/** 128 + the signal's number. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}
