import { DataError } from '../../core/errors.js'
import { LanePool } from '../../engine/workers/pool.js'
import { writeDataset } from '../../pipeline/dataset.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import type { ReadyOutputs } from '../../pipeline/outputs.js'
import { pipelinePreparation } from '../../pipeline/pass.js'
import { lanesFor } from '../flags/run-flags.js'
import type { Stop } from '../job/job.js'
import type { Watch } from '../job/monitor.js'
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
  watch: Watch,
  stop: Stop,
): Promise<StopSignal | undefined> {
  const workers = await lanesFor(flags.workers, files)
  const lanes = new LanePool(workers, { preparation: pipelinePreparation(files[0]) })
  stop.softly(() => lanes.stop())
  try {
    const written = await writeDataset(lanes, files, folder, outputs, options, {
      partitionBy: flags['partition-by'],
      restart: flags.restart,
      shard: shardOf(flags.shard),
      report: {
        opened: (bytes, done, parts) => {
          watch.expect(bytes)
          if (done > 0) watch.tell('resumed', `${done} of ${parts} parts of ${folder} already exist`)
        },
        progress: ({ records, bytes }) => watch.advance(records, bytes),
      },
    })
    watch.endBar()
    if (!written.done) {
      const { signal } = stop
      watch.tell(
        'stopped',
        `stopped by ${signal}; run the same command to write the parts that ${folder} lacks`,
        {
          signal,
        },
      )
      return signal
    }
    if (written.bad > 0) {
      watch.tell('note', `${written.bad} bad records are left out`, { bad_records: written.bad })
    }
    watch.tell('note', `${folder} holds ${written.rows} rows in ${written.parts} files`)
    return undefined
  } finally {
    watch.endBar()
    await lanes.close().catch(() => {})
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
