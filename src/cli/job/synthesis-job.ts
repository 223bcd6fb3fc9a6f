import { DataError } from '../../core/errors.js'
import { quitWithReader } from './broken-pipe.js'
import { runJob } from './job.js'

/** A file of synthetic records, once its options are known to be sound. */
export interface Synthesis {
  readonly records: number
  /** @param onBatch To be called after each batch, with the records so far; it may throw to end the work. */
  readonly write: (onBatch: (records: number) => void) => Promise<void>
}

/**
 * Makes synthetic records in a job, with a bar. A signal ends it after the next batch, and nothing is left of the file.
 *
 * @param prepare Checks the options; nothing is reported before it is done.
 */
export function synthesisJob(
  { out, metrics }: { readonly out: string; readonly metrics?: string | undefined },
  prepare: () => Promise<Synthesis>,
): Promise<void> {
  return runJob({ metrics, bar: true }, async (monitor, stop) => {
    try {
      const { records, write } = await prepare()
      if (out === '-') quitWithReader(monitor)
      stop.finishFirst(() => {})
      monitor.reportToMachines('begin', 'begins')
      monitor.expectRecords(records)
      let made = 0
      await write(done => {
        monitor.advance(done - made, 0)
        made = done
        if (stop.signal === undefined) return
        throw new DataError('io', `stopped by ${stop.signal} after ${done} records; nothing is left of them`)
      })
      monitor.done()
    } catch (error) {
      const { signal } = stop
      if (signal === undefined) throw error
      monitor.report('stopped', (error as Error).message, { signal })
      return signal
    }
    return undefined
  })
}
