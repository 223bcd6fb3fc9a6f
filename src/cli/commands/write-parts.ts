import { DataError } from '../../core/errors.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { writeDataset } from '../../pipeline/dataset.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import type { ReadyOutputs } from '../../pipeline/outputs.js'
import { pipelinePreparation } from '../../pipeline/pass.js'
import { workersFor } from '../flags/run-flags.js'
import type { SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { StopSignal } from '../job/signals.js'

interface Flags {
  readonly workers?: number | undefined
  readonly restart: boolean
  readonly 'partition-by'?: string | undefined
  readonly shard?: string | undefined
}

/** Writes the row outputs of a pipeline into a folder, or those parts that it lacks; returns the signal that stopped it. */
export async function writeParts(
  folder: string,
  files: readonly string[],
  outputs: ReadyOutputs,
  options: PipelineOptions,
  flags: Flags,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const workers = await workersFor(flags.workers, files)
  const pool = new WorkerPool(workers, { preparation: pipelinePreparation(files[0]) })
  stop.finishFirst(() => pool.stop())
  try {
    const written = await writeDataset(pool, files, folder, outputs, options, {
      partitionBy: flags['partition-by'],
      restart: flags.restart,
      shard: shardOf(flags.shard),
      report: {
        opened: (bytes, done, parts) => {
          monitor.expect(bytes)
          if (done > 0) monitor.report('resumed', `${done} of ${parts} parts of ${folder} already exist`)
        },
        progress: ({ records, bytes }) => monitor.advance(records, bytes),
      },
    })
    monitor.endBar()
    if (!written.done) {
      const { signal } = stop
      monitor.report(
        'stopped',
        `stopped by ${signal}; run the same command to write the parts that ${folder} lacks`,
        {
          signal,
        },
      )
      return signal
    }
    if (written.bad > 0) {
      monitor.report('note', `${written.bad} bad records are left out`, { bad_records: written.bad })
    }
    monitor.report('note', `${folder} holds ${written.rows} rows in ${written.parts} files`)
    return undefined
  } finally {
    monitor.endBar()
    await pool.close().catch(() => {})
  }
}

/** `i/n`. Error: `usage`. */
function shardOf(text: string | undefined): { readonly index: number; readonly of: number } | undefined {
  if (text === undefined) return undefined
  const found = /^(\d+)\/(\d+)$/.exec(text)
  const [index, of] = [Number(found?.[1]), Number(found?.[2])]
  if (found !== null && index < of) return { index, of }
  throw new DataError('usage', `--shard is ${text}, expected i/n with 0 <= i < n`)
}
