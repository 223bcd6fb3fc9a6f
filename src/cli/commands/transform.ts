import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import { ROW_FORMATS, type RowFormat } from '../../sinks/save-rows.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags } from '../flags/bad-record-flags.js'
import { ELEMENT_FLAGS, type ElementFlags, elementOf } from '../flags/element-flags.js'
import { METRIC_FLAGS } from '../flags/metric-flags.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { pipelineNamed, pipelineOptionsGiven } from '../flags/pipeline-flags.js'
import { type RecordFlags, withRecordFlags } from '../flags/record-flags.js'
import { ROWS_FLAGS, type RowsFlags } from '../flags/rows-flags.js'
import { RUN_FLAGS, type RunFlags } from '../flags/run-flags.js'
import type { Command } from '../job/command.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { StopSignal } from '../job/signals.js'
import { pipelineJob } from './pipeline-job.js'
import { writeRows } from './rows-job.js'

type Flags = RecordFlags &
  JoinFlags &
  BadRecordFlags &
  RowsFlags &
  ElementFlags &
  Pick<RunFlags, 'workers' | 'checkpoint' | 'every' | 'restart' | 'quiet' | 'metrics'> & {
    inputs?: string[] | undefined
    stages: string
    out: string
    format?: RowFormat | undefined
    keep?: string | undefined
  }

const { convention, k, q, buffer, window, reduce, basis, normalise } = METRIC_FLAGS
const { workers, checkpoint, every, restart, quiet, metrics } = RUN_FLAGS

export const transformCommand: Command<Flags> = {
  builder: yargs =>
    withRecordFlags(
      yargs
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files of maps, folders, patterns, or - for an Arrow stream',
        })
        .option('stages', {
          string: true,
          default: 'correct',
          describe: 'steps, in order: raw, correct, normalise, window; last runs or features, to write rows',
        })
        .option('out', {
          alias: 'o',
          string: true,
          default: '-',
          describe:
            'file to write: .arrow, .parquet, .ndjson, .csv or .bed; a folder for a dataset in Parquet; - for standard output',
        })
        .option('format', {
          choices: ROW_FORMATS,
          describe:
            'format of the rows (default: from the file extension; on standard output Arrow, or JSON lines on a terminal)',
        })
        .option('keep', {
          string: true,
          describe: 'columns of the input to copy to the output, e.g. label,score',
        })
        .options(ELEMENT_FLAGS)
        .options({ workers, checkpoint, every, restart, quiet, metrics })
        .options(JOIN_FLAGS)
        .options(ROWS_FLAGS)
        .options(BAD_RECORD_FLAGS)
        .options({ convention, k, q, buffer, window, 'window-kind': METRIC_FLAGS['window-kind'] })
        .options({ reduce, basis, normalise }),
    )
      .example('$0 transform maps/ --stages correct,normalise -o maps.parquet', 'corrected, normalised maps')
      .example('$0 transform maps.parquet --stages runs -o runs.bed', 'attributed runs')
      .example('$0 transform maps/ --stages runs -o dataset/ --partition-by chrom', 'a dataset in parts')
      .example('$0 transform maps.arrow --stages runs --format csv | head', 'the first ones'),
  handler: transform,
}

/** `attrstream transform`: maps or rows of maps, in the order of the inputs. */
function transform(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, (monitor, stop) =>
    transformInputs(flags, monitor, stop),
  )
}

async function transformInputs(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  if (flags.inputs === undefined || flags.inputs.length === 0) {
    throw new DataError('usage', 'transform needs inputs; give files, folders or patterns, or - for a pipe')
  }
  const loaded = await pipelineNamed('transform')
  const values: { readonly [name: string]: Json } = {
    ...pipelineOptionsGiven(loaded, flags),
    element: elementOf(flags),
  }
  const job = await pipelineJob(loaded, values, flags, monitor)
  const out = flags.out === '-' ? undefined : flags.out
  const form = flags.format ?? (out === undefined ? streamForm() : undefined)
  const { signal } = await writeRows(
    { ...job, out, form, verify: false, needsRows: false, flags },
    monitor,
    stop,
  )
  if (signal !== undefined) return signal
  monitor.done()
  return undefined
}

/** The form on standard output, if none is asked for: one for programs, or on a terminal one for people. */
function streamForm(): RowFormat {
  return process.stdout.isTTY ? 'ndjson' : 'arrow'
}
