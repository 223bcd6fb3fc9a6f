import { allowRemote, isInterruption } from '../../io/retries.js'
import { exitCodeOfError } from './errors.js'
import { exitBySignal, exitCodeOfSignal, onStopSignal, type StopSignal } from './signals.js'
import { Watch, type WatchOptions } from './monitor.js'

/** Options of every command that runs in jobs; `--log` is one of all commands. */
export const JOB_FLAGS = {
  metrics: {
    string: true,
    group: 'Running:',
    describe: "file for metrics in Prometheus' text format, updated every 10 s",
  },
} as const

/** What a signal does to a job. */
export class Stop {
  private came: StopSignal | undefined
  private ask: (() => void) | undefined
  private left = 'nothing was started'

  /** The signal that asked the work to end. */
  get signal(): StopSignal | undefined {
    return this.came
  }

  /** From now on a signal asks the work to end by itself. */
  softly(ask: () => void): void {
    this.ask = ask
  }

  /** From now on a signal ends the process at once. `left` says what becomes of the work then. */
  atOnce(left: string): void {
    this.ask = undefined
    this.left = left
  }

  /** Passes a signal on to the work; returns what to say where the process is to end instead. */
  take(signal: StopSignal): string | undefined {
    if (this.ask === undefined) return `stopped by ${signal}; ${this.left}`
    this.came = signal
    this.ask()
    return undefined
  }
}

/**
 * Does the work of a command under a watch. However it ends, the metrics say so before the process does: done, stopped by a
 * signal with 128 + its number, or failed. The error of a failure is thrown on, to be told as the last line.
 *
 * @param work Returns the signal that it was stopped by and has told of, where one did.
 */
export async function runJob(
  options: WatchOptions,
  work: (watch: Watch, stop: Stop) => Promise<StopSignal | undefined>,
): Promise<void> {
  allowRemote()
  const watch = await Watch.start(options)
  const stop = new Stop()
  const release = onStopSignal(signal => {
    const last = stop.take(signal)
    if (last === undefined) return
    watch.tell('stopped', last, { signal })
    void watch.end('stopped', exitCodeOfSignal(signal)).finally(() => exitBySignal(signal))
  })
  let stopped: StopSignal | undefined
  try {
    stopped = await work(watch, stop)
    if (stopped === undefined) await watch.end('done', 0)
    else await watch.end('stopped', exitCodeOfSignal(stopped))
  } catch (error) {
    const { signal } = stop
    if (signal === undefined || !isInterruption(error)) {
      await watch.end('failed', exitCodeOfError(error))
      throw error
    }
    watch.tell('stopped', `stopped by ${signal} while waiting for a server; run the same command again`, {
      signal,
    })
    await watch.end('stopped', exitCodeOfSignal(signal))
    stopped = signal
  } finally {
    release()
  }
  if (stopped !== undefined) exitBySignal(stopped)
}
