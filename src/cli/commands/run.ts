import { isPiped } from '../../io/open.js'
import type { ArgumentsCamelCase, Argv } from 'yargs'
import { DataError } from '../../core/errors.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { foldPipeline, type PopulationFolded } from '../../pipeline/fold-pipeline.js'
import { type PipelineOptions } from '../../pipeline/notes.js'
import { outputsOf, LEAST_LENGTH, pipelinePreparation } from '../../pipeline/pass.js'
import { modelsOfJoin, type ReadyOutputs, readyOutputs } from '../../pipeline/outputs.js'
import { isFolder, resultsDocument } from '../../pipeline/results.js'
import { eachModel, type Outcome } from '../../scoring/each-model.js'
import { type Failure, failuresError } from '../../results/failures.js'
import type { Population } from '../../scoring/population.js'
import { makeSpool } from '../../scoring/quarantine-spool.js'
import { firstInput, optionTypes } from '../arguments.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags, badPolicyOf } from '../flags/bad-record-flags.js'
import type { Command } from '../job/command.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'
import { writeResults } from '../output/write-results.js'
import { foldReporter } from '../output/fold-events.js'
import { populationsOf } from '../inputs.js'
import { inputsOf } from '../joined-inputs.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import { thinOf } from '../flags/metric-flags.js'
import {
  PIPELINE_RUN_FLAGS,
  pipelineNamed,
  pipelineOptionsGiven,
  withPipelineOptions,
} from '../flags/pipeline-flags.js'
import { RECORD_FLAGS, type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { everyOf, workersFor, memoryLimitOf, type RunFlags, withRunFlags } from '../flags/run-flags.js'
import type { StopSignal } from '../job/signals.js'
import { reportFailures } from '../output/score-events.js'
import { streamRows } from './stream-rows.js'
import { writeParts } from './write-parts.js'
import type { Monitor } from '../job/monitor.js'

type Flags = RecordFlags &
  JoinFlags &
  RunFlags &
  BadRecordFlags & {
    pipeline?: string | undefined
    inputs?: string[] | undefined
    model?: string | undefined
    thin?: number | undefined
    out?: string | undefined
    'partition-by'?: string | undefined
    shard?: string | undefined
    format?: 'json' | 'csv' | 'ndjson' | undefined
  }

export const runCommand: Command<Flags> = {
  async builder(yargs, words) {
    const common = withRunFlags(
      yargs
        .positional('pipeline', {
          type: 'string',
          demandOption: true,
          describe: 'name of a built-in pipeline, or path of a .ts or .js module',
        })
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files of maps, folders, patterns, or - for an Arrow stream',
        })
        .options(RECORD_FLAGS)
        .options(JOIN_FLAGS)
        .options(BAD_RECORD_FLAGS)
        .options(PIPELINE_RUN_FLAGS)
        .option('out', {
          string: true,
          describe:
            'file for results (.json) or rows (.parquet, .csv, .ndjson, .arrow, .bed), or a folder for all outputs',
        })
        .option('shard', {
          string: true,
          describe:
            'write share i of n of the parts of a folder, as i/n from 0, so that several machines can fill one folder',
        })
        .option('partition-by', {
          string: true,
          describe: 'column to partition rows by, into folders COLUMN=VALUE',
        })
        .option('format', {
          choices: ['json', 'csv', 'ndjson'] as const,
          describe: 'format of standard output',
        }),
    )
      .example('$0 run attributed-runs maps.parquet --out runs.bed', 'a built-in pipeline')
      .example('$0 run ./my-pipeline.ts maps/*.arrow --workers 8', 'your own pipeline')
      .example('$0 run ./my-pipeline.ts --help', 'its options') as unknown as Argv
    const name = firstInput(words, optionTypes(common))
    if (name === undefined) return common
    const loaded = await pipelineNamed(name)
    return withPipelineOptions(
      common.usage(`$0 run ${name} [inputs..]\n\n${loaded.pipeline.description}`),
      loaded,
    )
  },
  handler: run,
}

/** `attrstream run`. */
function run(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, (monitor, stop) =>
    runPipeline(flags, monitor, stop),
  )
}

async function runPipeline(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { inputs = [], quarantine } = flags
  const name = flags.pipeline as string
  const loaded = await pipelineNamed(name)
  const { pipeline } = loaded
  const { files, records } = await inputsOf(
    inputs,
    recordOptionsOf(flags),
    text => monitor.report('note', text),
    {
      joined: pipeline.joined,
      average: flags.average,
    },
  )
  if (files.length === 0)
    throw new DataError('usage', 'no input; give files, folders or patterns, or - for a pipe')
  const values = pipelineOptionsGiven(loaded, flags)
  const outputs = outputsOf(name, () => readyOutputs(pipeline, values as never, modelsOfJoin(records)))
  const extra = outputsOf(name, () => pipeline.columns(values as never))
  const policy = badPolicyOf(flags)
  const spool = quarantine !== undefined && files.some(isPiped) ? makeSpool(quarantine) : undefined
  const options: PipelineOptions = {
    name,
    digest: loaded.digest,
    options: values,
    records: { ...records, extra },
    thin: thinOf(flags),
    bad: policy && { ...policy, spool },
  }
  monitor.reportToMachines('begin', 'begins', { files: files.length, pipeline: name })
  const hasRows = Object.keys(outputs.rows).length > 0
  const hasFolds = Object.keys(outputs.folds).length > 0
  const { out } = flags
  if (hasRows && out !== undefined && isFolder(out)) {
    const signal = await writeParts(out, files, outputs, options, flags, monitor, stop)
    if (signal !== undefined) return signal
    if (!hasFolds || flags.shard !== undefined) {
      monitor.done()
      return undefined
    }
  } else if (hasRows && hasFolds) {
    throw new DataError('usage', 'has outputs of rows and of sums; give a folder for both with --out', {
      file: name,
    })
  } else if (hasRows) return streamRows(files, outputs, options, flags, monitor, stop)
  if (flags.shard !== undefined) {
    throw new DataError('usage', '--shard applies to a folder of rows; make a plan for sums', { file: name })
  }
  if (flags['partition-by'] !== undefined && !hasRows) {
    throw new DataError('usage', '--partition-by applies to rows, and the pipeline has none', { file: name })
  }
  return foldInputs(files, outputs, options, flags, monitor, stop)
}

async function foldInputs(
  files: readonly string[],
  outputs: ReadyOutputs,
  options: PipelineOptions,
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { checkpoint, restart, model, quarantine } = flags
  if (restart && checkpoint === undefined && Object.keys(outputs.rows).length === 0) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  const { join } = options.records
  const name = join?.average === undefined ? options.name : 'average'
  const populations = populationsOf(files, model ?? (join === undefined ? undefined : name))
  const several = populations.length > 1
  const pool = new WorkerPool(await workersFor(flags.workers, files), {
    preparation: pipelinePreparation(files[0]),
  })
  if (files.some(isPiped)) stop.exitNow('input from a pipe cannot be resumed')
  else stop.finishFirst(() => pool.stop())
  const memoryLimit = memoryLimitOf(flags['memory-limit'])
  const pathOf = ({ model }: Population) =>
    several ? `${checkpoint}.${encodeURIComponent(model)}` : (checkpoint as string)
  let outcomes: Outcome<PopulationFolded>[]
  try {
    outcomes = await eachModel(
      populations,
      pool,
      population =>
        foldPipeline(pool, population, options, {
          checkpoint:
            checkpoint === undefined
              ? undefined
              : { path: pathOf(population), every: everyOf(flags.every), restart },
          memoryLimit,
          report: foldReporter(monitor, population.model, several ? `${population.model}: ` : ''),
        }),
      failure => reportFailures(monitor, [failure], populations.length),
    )
  } finally {
    monitor.endBar()
    await pool.close().catch(() => {})
  }
  const done = outcomes.flatMap(outcome =>
    'result' in outcome ? [{ model: outcome.population.model, ...outcome.result }] : [],
  )
  const { signal } = stop
  if (signal !== undefined && (outcomes.length < populations.length || done.some(({ models }) => !models))) {
    const how =
      checkpoint === undefined
        ? 'nothing is saved; use --checkpoint FILE to make a run resumable'
        : 'the same command resumes'
    monitor.report('stopped', `stopped by ${signal}; ${how}`, { signal })
    return signal
  }
  const failed = outcomes.flatMap((outcome): Failure[] => ('result' in outcome ? [] : [outcome]))
  stop.exitNow('not all results are written')
  const quarantines = done.flatMap(({ bad, inputs }) =>
    bad === undefined || options.bad?.kind !== 'quarantine'
      ? []
      : [{ bad, inputs, records: options.records, k: LEAST_LENGTH, spool: options.bad.spool }],
  )
  if (done.length === 0) throw await unscoredError(failed, quarantine, async () => quarantines, monitor)
  if (quarantine !== undefined) await writeQuarantine(quarantine, quarantines, monitor)
  const results = done.map(({ model, models = new Map(), bad }) => ({ model, models, bad }))
  const { format = 'json', out } = flags
  await writeResults(outputs.all, resultsDocument(options, outputs.all, results, failed), results, {
    out,
    format,
  })
  if (failed.length > 0) throw failuresError(failed, done.length)
  const unsaved = done.find(({ unsaved }) => unsaved !== undefined)?.unsaved
  if (unsaved !== undefined) throw unsaved
  monitor.done()
  return undefined
}
