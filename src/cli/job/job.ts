import { allowRemote, isInterruption } from '../../io/retries.js'
import { exitCodeOfError } from './exit-codes.js'
import { exitBySignal, exitCodeOfSignal, onStopSignal, type StopSignal } from './signals.js'
import { Monitor, type MonitorOptions } from './monitor.js'

/** Options of every command that runs in jobs; `--log` is one of all commands. */
export const JOB_FLAGS = {
  metrics: {
    string: true,
    group: 'Running:',
    describe: "file for metrics in Prometheus' text format, updated every 10 s",
  },
} as const

/** What a signal does to a job. */
export class SignalPolicy {
  private came: StopSignal | undefined
  private ask: (() => void) | undefined
  private left = 'nothing was started'

  /** The signal that asked the work to end. */
  get signal(): StopSignal | undefined {
    return this.came
  }

  /** From now on a signal asks the work to end by itself. */
  finishFirst(ask: () => void): void {
    this.ask = ask
  }

  /** From now on a signal ends the process at once. `left` says what state the work is left in. */
  exitNow(left: string): void {
    this.ask = undefined
    this.left = left
  }

  /** Passes a signal on to the work; returns what to say where the process is to end instead. */
  handle(signal: StopSignal): string | undefined {
    if (this.ask === undefined) return `stopped by ${signal}; ${this.left}`
    this.came = signal
    this.ask()
    return undefined
  }
}

/**
 * Does the work of a command under a monitor. However it ends, the metrics say so before the process does: done, stopped by a
 * signal with 128 + its number, or failed. The error of a failure is thrown on, to be reported as the last line.
 *
 * @param work Returns the signal that it was stopped by and has reported, if one did.
 */
export async function runJob(
  options: MonitorOptions,
  work: (monitor: Monitor, stop: SignalPolicy) => Promise<StopSignal | undefined>,
): Promise<void> {
  allowRemote()
  const monitor = await Monitor.start(options)
  const stop = new SignalPolicy()
  const release = onStopSignal(signal => {
    const last = stop.handle(signal)
    if (last === undefined) return
    monitor.report('stopped', last, { signal })
    void monitor.end('stopped', exitCodeOfSignal(signal)).finally(() => exitBySignal(signal))
  })
  let stopped: StopSignal | undefined
  try {
    stopped = await work(monitor, stop)
    if (stopped === undefined) await monitor.end('done', 0)
    else await monitor.end('stopped', exitCodeOfSignal(stopped))
  } catch (error) {
    const { signal } = stop
    if (signal === undefined || !isInterruption(error)) {
      await monitor.end('failed', exitCodeOfError(error))
      throw error
    }
    monitor.report('stopped', `stopped by ${signal} while waiting for a server; run the same command again`, {
      signal,
    })
    await monitor.end('stopped', exitCodeOfSignal(signal))
    stopped = signal
  } finally {
    release()
  }
  if (stopped !== undefined) exitBySignal(stopped)
}
