import { isPiped } from '../../io/open.js'
import type { ArgumentsCamelCase, Argv } from 'yargs'
import { DataError } from '../../core/errors.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { foldPipeline, type PopulationFolded } from '../../pipeline/fold-pipeline.js'
import { LEAST_LENGTH, pipelinePreparation } from '../../pipeline/pass.js'
import { resultsDocument } from '../../pipeline/results.js'
import { eachModel, type Outcome } from '../../scoring/each-model.js'
import { type Failure, failuresError } from '../../results/failures.js'
import type { Population } from '../../scoring/population.js'
import { firstInput, optionTypes } from '../arguments.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags } from '../flags/bad-record-flags.js'
import type { Command } from '../job/command.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'
import { writeResults } from '../output/write-results.js'
import { foldReporter, reportFailures } from '../output/score-events.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import {
  PIPELINE_RUN_FLAGS,
  pipelineNamed,
  pipelineOptionsGiven,
  withPipelineOptions,
} from '../flags/pipeline-flags.js'
import { RECORD_FLAGS, type RecordFlags } from '../flags/record-flags.js'
import { ROWS_FLAGS, type RowsFlags } from '../flags/rows-flags.js'
import { everyOf, workersFor, memoryLimitOf, type RunFlags, withRunFlags } from '../flags/run-flags.js'
import type { StopSignal } from '../job/signals.js'
import { goesToFolder, writeRows } from './rows-job.js'
import { type PipelineJob, pipelineJob } from './pipeline-job.js'
import type { Monitor } from '../job/monitor.js'

type Flags = RecordFlags &
  JoinFlags &
  RunFlags &
  BadRecordFlags &
  RowsFlags & {
    pipeline?: string | undefined
    inputs?: string[] | undefined
    model?: string | undefined
    thin?: number | undefined
    out?: string | undefined
    format?: 'json' | 'csv' | 'ndjson' | undefined
  }

/** Options of rows alone. */
const ROWS_ONLY = ['shard', 'partition-by', 'part'] as const

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
        .options(ROWS_FLAGS)
        .option('format', {
          choices: ['json', 'csv', 'ndjson'] as const,
          describe: 'format of standard output (default: json for results, ndjson for rows)',
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
  const name = flags.pipeline as string
  const loaded = await pipelineNamed(name)
  const values = pipelineOptionsGiven(loaded, flags)
  const job = await pipelineJob(loaded, values, flags, monitor)
  const { outputs, options } = job
  const hasFolds = Object.keys(outputs.folds).length > 0
  const hasRows = Object.keys(outputs.written).length > 0
  const out = flags.out === '-' ? undefined : flags.out
  const format = flags.format === 'json' ? 'ndjson' : flags.format
  const form = out === undefined ? format : undefined
  const rows = { ...job, out, form, verify: false, needsRows: false, flags }
  if (!hasRows) {
    const given = ROWS_ONLY.find(option => flags[option] !== undefined)
    if (given === undefined) return foldInputs(job, flags, monitor, stop)
    const instead =
      given === 'shard' ? '; make a plan for sums' : given === 'part' ? '; use fold for sums' : ''
    throw new DataError('usage', `--${given} applies to rows, and the pipeline has none${instead}`, {
      file: name,
    })
  }
  if (hasFolds && !goesToFolder(rows)) {
    throw new DataError('usage', 'has outputs of rows and of sums; give a folder for both with --out', {
      file: name,
    })
  }
  const { signal, dataset } = await writeRows(rows, monitor, stop)
  if (signal !== undefined) return signal
  if (hasFolds && dataset?.complete === true) {
    const document = resultsDocument(options, outputs.all, dataset.results)
    await writeResults(outputs.all, document, dataset.results, { out, format: 'json' })
  }
  monitor.done()
  return undefined
}

async function foldInputs(
  job: PipelineJob,
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { checkpoint, restart, quarantine } = flags
  if (restart && checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  const { files, populations, outputs, options } = job
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
