import { extname } from 'node:path'
import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags } from '../flags/bad-record-flags.js'
import { ELEMENT_FLAGS, type ElementFlags, elementOf } from '../flags/element-flags.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { pipelineNamed } from '../flags/pipeline-flags.js'
import { type RecordFlags, withRecordFlags } from '../flags/record-flags.js'
import { ROWS_FLAGS, type RowsFlags } from '../flags/rows-flags.js'
import { RUN_FLAGS, type RunFlags } from '../flags/run-flags.js'
import type { Command } from '../job/command.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { StopSignal } from '../job/signals.js'
import { pipelineJob } from './pipeline-job.js'
import { writeRows } from './rows-job.js'

const FORMS = ['arrow', 'parquet', 'npz', 'modisco'] as const
type Form = (typeof FORMS)[number]

type Flags = RecordFlags &
  JoinFlags &
  BadRecordFlags &
  RowsFlags &
  ElementFlags &
  Pick<RunFlags, 'workers' | 'checkpoint' | 'every' | 'restart' | 'quiet' | 'metrics'> & {
    inputs?: string[]
    to?: Form | undefined
    out?: string | undefined
    keep?: string | undefined
    verify: boolean
  }

const { workers, checkpoint, every, restart, quiet, metrics } = RUN_FLAGS

export const convertCommand: Command<Flags> = {
  builder: yargs =>
    withRecordFlags(
      yargs
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files of maps, folders, patterns, or - for an Arrow stream',
        })
        .option('to', {
          choices: FORMS,
          describe:
            'file format (default: from the file extension): npz as Fi-NeMo reads it; modisco, a folder with ohe.npz and attr.npz for tfmodisco-lite',
        })
        .option('out', {
          alias: 'o',
          string: true,
          describe: 'file to write, or folder for a dataset in Parquet',
        })
        .option('keep', {
          string: true,
          describe: 'columns of the input to copy to the output, e.g. label,score',
        })
        .options(ELEMENT_FLAGS)
        .option('verify', {
          boolean: true,
          default: false,
          describe: 'read what was written back and compare',
        })
        .options({ workers, checkpoint, every, restart, quiet, metrics })
        .options(JOIN_FLAGS)
        .options(ROWS_FLAGS)
        .options(BAD_RECORD_FLAGS),
    )
      .example('$0 convert maps.npz -o maps.parquet --verify', 'to the canonical schema, verified')
      .example('$0 convert dumps/ -o maps.arrow --checkpoint maps.convert', 'one file, can be resumed')
      .example('$0 convert dumps/ -o dataset/ --workers 8', 'a dataset in parts, resumes by itself'),
  handler,
}

/** `attrstream convert`. */
function handler(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, (monitor, stop) =>
    convertInputs(flags, monitor, stop),
  )
}

async function convertInputs(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { inputs = [], out, to, keep, verify } = flags
  if (out === undefined)
    throw new DataError('usage', 'convert needs a file or folder to write; give it with -o')
  if (inputs.length === 0) throw new DataError('usage', 'convert needs inputs; give files of maps')
  const form = to ?? formOf(out)
  const loaded = await pipelineNamed('convert')
  const element = elementOf(flags)
  const job = await pipelineJob(loaded, { element, ...(keep === undefined ? {} : { keep }) }, flags, monitor)
  const { signal, file } = await writeRows(
    { ...job, out, form, verify, needsRows: true, flags },
    monitor,
    stop,
  )
  if (signal !== undefined) return signal
  if (file === undefined) monitor.done()
  else {
    const { rows, groups, bytes } = file
    const parts = form === 'arrow' ? 'record batches' : form === 'parquet' ? 'row groups' : 'pieces'
    const verified = verify ? ', read back and compared' : ''
    monitor.report('done', `${out} holds ${rows} records in ${groups} ${parts}, ${bytes} bytes${verified}`, {
      ...monitor.progress(),
      path: out,
      written_records: rows,
      written_bytes: bytes,
      groups,
    })
  }
  return undefined
}

/** The form that a file's ending names; undefined for a folder. Error: `usage`, for another ending. */
function formOf(out: string): Form | undefined {
  const ending = /[/\\]$/.test(out) ? '' : extname(out).toLowerCase()
  if (ending === '') return undefined
  const form = FORMS.find(form => form !== 'modisco' && ending === `.${form}`)
  if (form !== undefined) return form
  const known = FORMS.map(form => `--to ${form}`).join(' or ')
  throw new DataError('usage', `cannot infer the format from ${out}; give ${known}`)
}
