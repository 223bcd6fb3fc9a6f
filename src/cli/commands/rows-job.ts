import type { OpenedInput } from '../../engine/fold-options.js'
import { DataError } from '../../core/errors.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { isPiped } from '../../io/open.js'
import { interruptRemote } from '../../io/retries.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import type { ReadyOutputs } from '../../pipeline/outputs.js'
import { pipelinePreparation } from '../../pipeline/pass.js'
import { isFolder } from '../../pipeline/results.js'
import { type DatasetWritten, writeDataset } from '../../pipeline/rows/dataset.js'
import { type FileWritten, writeFileOfRows } from '../../pipeline/rows/file.js'
import type { FileFormat } from '../../pipeline/rows/putting.js'
import type { Population } from '../../scoring/population.js'
import type { Quarantine } from '../../scoring/quarantine.js'
import { formatOf } from '../../sinks/save-rows.js'
import { type BadRecords, countsText } from '../../stats/sums/bad-records.js'
import { everyOf, workersFor, type RunFlags } from '../flags/run-flags.js'
import { type RowsFlags, shardOfFlag } from '../flags/rows-flags.js'
import { quitWithReader } from '../job/broken-pipe.js'
import type { SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { StopSignal } from '../job/signals.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'

/** The written outputs of a pipeline, and where they go. */
export interface RowsJob {
  readonly files: readonly string[]
  readonly populations: readonly Population[]
  readonly outputs: ReadyOutputs
  readonly options: PipelineOptions
  /** Shorter sequences than this are bad records. */
  readonly shortest: number
  /** A file, a folder, or standard output where undefined. */
  readonly out: string | undefined
  /** Form of a file, or of standard output; by the ending of the file's name where undefined. */
  readonly form: FileFormat | undefined
  readonly verify: boolean
  /** Whether a file without rows is an error. */
  readonly needsRows: boolean
  readonly flags: RowsFlags &
    Pick<RunFlags, 'workers' | 'checkpoint' | 'every' | 'restart'> & {
      readonly quarantine?: string | undefined
      readonly where?: string | undefined
    }
}

/** What was written; the signal that stopped it, if one did. */
export interface RowsDone {
  readonly signal?: StopSignal | undefined
  readonly dataset?: DatasetWritten
  readonly file?: FileWritten
}

/** Whether rows go into a folder of parts. */
export function goesToFolder({ out, form }: Pick<RowsJob, 'out' | 'form'>): boolean {
  if (out === undefined || form === 'npz' || form === 'modisco') return false
  return /[/\\]$/.test(out) || (form === undefined && isFolder(out))
}

/**
 * Writes the outputs of a pipeline that are no sums: into a folder of parts, one file, or standard output.
 *
 * Errors: `usage`, for options that do not go together; those of `writeDataset` and `writeFileOfRows`.
 */
export function writeRows(job: RowsJob, monitor: Monitor, stop: SignalPolicy): Promise<RowsDone> {
  return goesToFolder(job) ? writeFolder(job, monitor, stop) : writeFile(job, monitor, stop)
}

async function writeFolder(job: RowsJob, monitor: Monitor, stop: SignalPolicy): Promise<RowsDone> {
  const { files, populations, outputs, options, flags, verify } = job
  const folder = job.out as string
  if (flags.checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'a folder of parts needs no checkpoint: the same command resumes it; leave --checkpoint out',
    )
  }
  const pool = new WorkerPool(await workersFor(flags.workers, files), {
    preparation: pipelinePreparation(files[0]),
  })
  if (files.some(isPiped)) stop.exitNow('nothing of the pipe is written')
  else stop.finishFirst(() => pool.stop())
  try {
    const written = await writeDataset(pool, files, folder, outputs, options, {
      partitionBy: flags['partition-by'],
      restart: flags.restart,
      shard: shardOfFlag(flags.shard),
      part: flags.part,
      verify,
      populations,
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
        `stopped by ${signal}; the same command writes the parts that ${folder} lacks`,
        {
          signal,
        },
      )
      return { signal, dataset: written }
    }
    await reportRows(job, written, monitor)
    const lacks = written.complete ? '' : '; other shards still lack parts'
    monitor.report('note', `${folder} holds ${written.rows} rows in ${written.files} files${lacks}`)
    return { dataset: written }
  } finally {
    monitor.endBar()
    await pool.close().catch(() => {})
  }
}

async function writeFile(job: RowsJob, monitor: Monitor, stop: SignalPolicy): Promise<RowsDone> {
  const { files, outputs, options, out, flags, verify, needsRows } = job
  const names = Object.keys(outputs.written)
  if (names.length > 1) {
    throw new DataError(
      'usage',
      `has the outputs ${names.join(', ')}, and a file holds one; give a folder with --out`,
      {
        file: options.name,
      },
    )
  }
  for (const option of ['shard', 'partition-by', 'part'] as const) {
    if (flags[option] !== undefined) {
      throw new DataError('usage', `--${option} applies to a folder of parts; give a folder with --out`)
    }
  }
  const { checkpoint } = flags
  if (out === undefined && checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'standard output cannot be resumed; leave --checkpoint out, or give a file with --out',
    )
  }
  if (flags.restart && checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  if (out === undefined) quitWithReader(monitor)
  const stopping = new AbortController()
  // The writer of a pipe may wait for ever.
  if (files.some(isPiped)) stop.exitNow('nothing of the pipe is written')
  else {
    stop.finishFirst(() => {
      stopping.abort(new DataError('io', 'stopped'))
      interruptRemote()
    })
  }
  const written = await writeFileOfRows(files, out, outputs, options, {
    format: job.form ?? (out === undefined ? 'ndjson' : formatOf(out)),
    checkpoint:
      checkpoint === undefined
        ? undefined
        : { path: checkpoint, every: everyOf(flags.every), restart: flags.restart },
    verify,
    needsRows,
    signal: stopping.signal,
    refused: (error, bad, inputs) =>
      unscoredError(
        [{ model: out ?? '-', error }],
        flags.quarantine,
        () => Promise.resolve([quarantineOf(job, bad, inputs)]),
        monitor,
      ),
    report: {
      begun: bytes => monitor.expect(bytes),
      resumed: rows =>
        monitor.report('resumed', `resumed from ${rows} records of the checkpoint`, { records: rows }),
      progress: ({ records, bytes }) => monitor.advance(records, bytes),
      saved: (path, rows) =>
        monitor.reportToMachines('saved', `saved after ${rows} rows`, { path, records: rows }),
      saveFailed: error => monitor.report('save-failed', `checkpoint not saved: ${error.message}`),
    },
  })
  monitor.endBar()
  const { complete, rows, unsaved } = written
  if (!complete) {
    const { signal } = stop
    const how =
      out === undefined
        ? 'the rows are not whole'
        : checkpoint === undefined
          ? 'nothing is written; use --checkpoint FILE to make a run resumable'
          : unsaved === undefined
            ? `saved in ${checkpoint}; run the same command to resume`
            : `the last save failed (${unsaved.message}); the same command resumes from the checkpoint before`
    monitor.report('stopped', `stopped by ${signal} after ${rows} rows; ${how}`, { signal, records: rows })
    return { signal, file: written }
  }
  await reportRows(job, written, monitor)
  return { file: written }
}

/** Reports what was left out, and writes the quarantine. */
async function reportRows(
  job: RowsJob,
  { bad, tally, inputs, narrowed }: Pick<FileWritten, 'bad' | 'tally' | 'inputs' | 'narrowed'>,
  monitor: Monitor,
): Promise<void> {
  const { flags } = job
  if (bad.total > 0) {
    monitor.report('note', `${bad.total} bad records are left out: ${countsText(bad.by())}`, {
      bad_records: bad.total,
    })
  }
  if (flags.quarantine !== undefined) {
    await writeQuarantine(flags.quarantine, [quarantineOf(job, bad, inputs)], monitor)
  }
  if (tally.misfits > 0) {
    const text = `${tally.misfits} records have no place on the genome: ${tally.misfit}; give the places of the maps with --regions`
    monitor.report('note', text, { misfits: tally.misfits })
  }
  if (flags.where !== undefined) {
    const left = tally.rows - tally.records
    monitor.report('note', `${left} of ${tally.rows} records are left out by --where ${flags.where}`, {
      left_out: left,
    })
  }
  if (narrowed) {
    const [output] = Object.values(job.outputs.written)
    const element = output.kind === 'maps' ? output.element : 'float32'
    monitor.report('note', `doubles are stored as ${element}; use --float64 to keep them`)
  }
}

function quarantineOf(
  { options, shortest: k }: RowsJob,
  bad: BadRecords,
  inputs: readonly OpenedInput[],
): Quarantine {
  return { bad, inputs, records: options.records, k, spool: options.bad?.spool }
}
