import { extname } from 'node:path'
import type { ArgumentsCamelCase } from 'yargs'
import { interruptRemote } from '../../io/retries.js'
import { isPiped } from '../../io/open.js'
import { DataError } from '../../core/errors.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { countsText, type BadRecords } from '../../stats/sums/bad-records.js'
import { type ConvertOptions, convert } from '../../dumps/convert.js'
import type { Quarantine } from '../../scoring/quarantine.js'
import { makeSpool } from '../../scoring/quarantine-spool.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags, badPolicyOf } from '../flags/bad-record-flags.js'
import type { Command } from '../job/command.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'
import { inputsOf, withJoin } from '../joined-inputs.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { JOB_FLAGS, runJob, type SignalPolicy } from '../job/job.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from '../flags/record-flags.js'
import { everyOf, RUN_FLAGS } from '../flags/run-flags.js'
import type { StopSignal } from '../job/signals.js'
import type { Monitor } from '../job/monitor.js'

type Flags = RecordFlags &
  JoinFlags &
  BadRecordFlags & {
    inputs?: string[]
    to?: 'arrow' | 'parquet' | undefined
    out?: string | undefined
    float16: boolean
    float64: boolean
    verify: boolean
    checkpoint?: string | undefined
    every: string
    restart: boolean
    quiet: boolean
    metrics?: string | undefined
  }

const { every, restart, quiet } = RUN_FLAGS

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
          choices: ['arrow', 'parquet'] as const,
          describe: 'file format (default: from the file extension)',
        })
        .option('out', { alias: 'o', string: true, describe: 'file to write' })
        .option('float16', {
          boolean: true,
          default: false,
          describe: 'store 2 bytes per value (default: 4)',
        })
        .option('float64', {
          boolean: true,
          default: false,
          describe: 'store 8 bytes per value (default: 4)',
        })
        .option('verify', { boolean: true, default: false, describe: 'read the file back and compare' })
        .option('checkpoint', { string: true, describe: 'file to save progress to and to resume from' })
        .options({ every, restart, quiet, ...JOB_FLAGS })
        .options(JOIN_FLAGS)
        .options(BAD_RECORD_FLAGS),
    )
      .example('$0 convert maps.npz -o maps.parquet --verify', 'to the canonical schema, verified')
      .example('$0 convert dumps/ --to arrow -o maps.arrow --checkpoint maps.convert', 'can be resumed'),
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
  const { out, checkpoint, quarantine } = flags
  if (out === undefined) throw new DataError('usage', 'convert needs a file to write; give it with -o')
  const note = (text: string) => monitor.report('note', text)
  const { files, records: read } = await inputsOf(flags.inputs ?? [], recordOptionsOf(flags), note, flags)
  if (files.length === 0) throw new DataError('usage', 'convert needs inputs; give files of maps')
  const options = withJoin(optionsOf(flags, out), read)
  if (flags.restart && checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  const everySo = everyOf(flags.every)
  const spool = quarantine !== undefined && files.some(isPiped) ? makeSpool(quarantine) : undefined
  const bad = options.bad && { ...options.bad, spool }
  const quarantineOf = (found: BadRecords, inputs: readonly OpenedInput[]): Quarantine => ({
    bad: found,
    inputs,
    records: options.records,
    k: 0,
    spool,
  })
  const stopping = new AbortController()
  stop.finishFirst(() => {
    stopping.abort()
    interruptRemote()
  })
  monitor.reportToMachines('begin', 'begins', { files: files.length })
  const converted = await convert(
    files,
    out,
    { ...options, bad },
    {
      checkpoint:
        checkpoint === undefined ? undefined : { path: checkpoint, every: everySo, restart: flags.restart },
      signal: stopping.signal,
      refused: (error, bad, inputs) =>
        unscoredError(
          [{ model: out, error }],
          quarantine,
          () => Promise.resolve([quarantineOf(bad, inputs)]),
          monitor,
        ),
      report: {
        begun: bytes => monitor.expect(bytes),
        resumed: records =>
          monitor.report('resumed', `resumed from ${records} records of the checkpoint`, { records }),
        progress: ({ records, bytes }) => monitor.advance(records, bytes),
        saved: (path, records) =>
          monitor.reportToMachines('saved', `saved after ${records} records`, { path, records }),
        saveFailed: error => monitor.report('save-failed', `checkpoint not saved: ${error.message}`),
      },
    },
  )
  monitor.endBar()
  const { complete, records, groups, bytes, narrowed, unsaved } = converted
  if (!complete) {
    const { signal } = stop
    const how =
      checkpoint === undefined
        ? 'nothing is saved; use --checkpoint FILE to make a run resumable'
        : unsaved === undefined
          ? `saved in ${checkpoint}; run the same command to resume`
          : `the last save failed (${unsaved.message}); the same command resumes from the checkpoint before`
    monitor.report('stopped', `stopped by ${signal} after ${records} records; ${how}`, { signal, records })
    return signal
  }
  const left = converted.bad.total
  if (left > 0) {
    monitor.report('note', `${left} bad records are left out: ${countsText(converted.bad.by())}`, {
      bad_records: left,
    })
  }
  if (quarantine !== undefined) {
    await writeQuarantine(quarantine, [quarantineOf(converted.bad, converted.inputs)], monitor)
  }
  if (narrowed) note(`doubles are stored as ${options.element}; use --float64 to keep them`)
  const parts = options.to === 'arrow' ? 'record batches' : 'row groups'
  const verified = options.verify ? ', read back and compared' : ''
  monitor.report('done', `${out} holds ${records} records in ${groups} ${parts}, ${bytes} bytes${verified}`, {
    ...monitor.progress(),
    path: out,
    written_records: records,
    written_bytes: bytes,
    groups,
  })
  return undefined
}

/** Errors: `usage`, for options that contradict one another. */
function optionsOf(flags: ArgumentsCamelCase<Flags>, out: string): ConvertOptions {
  const ending = extname(out).toLowerCase()
  const to = flags.to ?? (ending === '.parquet' ? 'parquet' : ending === '.arrow' ? 'arrow' : undefined)
  if (to === undefined)
    throw new DataError('usage', `cannot infer the format from ${out}; give --to arrow or --to parquet`)
  if (flags.float16 && flags.float64) throw new DataError('usage', 'give --float16 or --float64, not both')
  return {
    to,
    element: flags.float16 ? 'float16' : flags.float64 ? 'float64' : 'float32',
    records: recordOptionsOf(flags),
    bad: badPolicyOf(flags),
    verify: flags.verify,
  }
}
