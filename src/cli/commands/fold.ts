import { isPiped } from '../../io/open.js'
import type { ArgumentsCamelCase, Argv } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Checkpoint } from '../../engine/checkpoints/checkpoint.js'
import { saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { foldPipeline, type FoldRun } from '../../pipeline/fold-pipeline.js'
import { foldScores } from '../../pipeline/fold-scores.js'
import { modelsOfJoin, readyOutputs } from '../../pipeline/outputs.js'
import { outputsOf, pipelinePreparation } from '../../pipeline/pass.js'
import { recordsOf } from './pipeline-job.js'
import { preparationFor } from '../../scoring/pass.js'
import type { Population } from '../../scoring/population.js'
import { argumentValue } from '../arguments.js'
import { BAD_RECORD_FLAGS, badPolicyOf } from '../flags/bad-record-flags.js'
import type { Command } from '../job/command.js'
import { foldReporter } from '../output/score-events.js'
import { populationsOf } from '../inputs.js'
import type { RecordOptions } from '../../sources/records/records.js'
import { inputsOf, withJoin } from '../joined-inputs.js'
import { JOIN_FLAGS } from '../flags/join-flags.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import { thinOf, withMetricFlags } from '../flags/metric-flags.js'
import {
  PIPELINE_RUN_FLAGS,
  pipelineNamed,
  pipelineOptionsGiven,
  withPipelineOptions,
} from '../flags/pipeline-flags.js'
import { READOUT_FLAGS } from '../flags/readout-flags.js'
import { RECORD_FLAGS, recordOptionsOf } from '../flags/record-flags.js'
import { everyOf, workersFor, memoryLimitOf, type RunFlags, withRunFlags } from '../flags/run-flags.js'
import { scoreOptionsOf, type ScoreFlags } from './score-inputs.js'
import type { StopSignal } from '../job/signals.js'
import { SWEEP_FLAGS } from '../flags/sweep-flags.js'
import { withTruthFlags } from '../flags/truth-flags.js'
import type { Monitor } from '../job/monitor.js'

type Flags = ScoreFlags &
  RunFlags & {
    pipeline?: string | undefined
    inputs?: string[] | undefined
    state: string
    part?: string | undefined
  }

/** Population of several inputs, of a part of the data, and of a pipe, if it is not named. */
const MODEL = 'model'

export const foldCommand: Command<Flags> = {
  async builder(yargs, words) {
    const pipeline = argumentValue(words, 'pipeline')
    const common = withRunFlags(
      yargs
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files of maps, folders, patterns, or - for an Arrow stream',
        })
        .option('pipeline', { string: true, describe: 'pipeline to run (default: score)' })
        .option('state', { string: true, demandOption: true, describe: 'file to write the state to' })
        .option('part', {
          string: true,
          describe: 'name of this part of the data; merge refuses duplicate names',
        })
        .options(RECORD_FLAGS)
        .options(JOIN_FLAGS)
        .options(BAD_RECORD_FLAGS)
        .options(PIPELINE_RUN_FLAGS),
    )
      .example('producer | $0 fold - --state part-7.state --part 7', 'one part of a score')
      .example('$0 merge part-*.state --out results', 'the score of all parts') as unknown as Argv
    if (pipeline !== undefined) return withPipelineOptions(common, await pipelineNamed(pipeline))
    return withMetricFlags(withTruthFlags(common.options(READOUT_FLAGS).options(SWEEP_FLAGS)))
  },
  handler: fold,
}

/** `attrstream fold`: what a pipeline or `score` adds up over its inputs, as a state that merges with others. */
function fold(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, (monitor, stop) =>
    foldInputs(flags, monitor, stop),
  )
}

async function foldInputs(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { inputs = [], state, part, checkpoint, restart, pipeline: name } = flags
  const loaded = name === undefined ? undefined : await pipelineNamed(name)
  const { files: paths, records } = await inputsOf(
    inputs,
    recordOptionsOf(flags),
    text => monitor.report('note', text),
    {
      joined: loaded?.pipeline.joined,
      average: flags.average,
    },
  )
  if (paths.length === 0)
    throw new DataError('usage', 'no input; give files, folders or patterns, or - for a pipe')
  if (flags.quarantine !== undefined) {
    throw new DataError('usage', 'a state does not hold the rows of bad records; use --on-bad skip')
  }
  const model = flags.model ?? modelOf(paths, part, records, name)
  await monitor.setContext({ model, ...(part === undefined ? {} : { part }) })
  const pool = new WorkerPool(await workersFor(flags.workers, paths), {
    preparation: (name === undefined ? preparationFor : pipelinePreparation)(paths[0]),
  })
  if (paths.some(isPiped)) stop.exitNow('input from a pipe cannot be resumed')
  else stop.finishFirst(() => pool.stop())
  monitor.reportToMachines('begin', 'begins', { files: paths.length })
  const population: Population = { model, paths }
  const run: FoldRun = {
    part,
    checkpoint:
      checkpoint === undefined ? undefined : { path: checkpoint, every: everyOf(flags.every), restart },
    memoryLimit: memoryLimitOf(flags['memory-limit']),
    report: foldReporter(monitor, model),
  }
  try {
    const folded = await foldOf()
    if (folded === undefined) {
      monitor.report('stopped', `stopped by ${stop.signal}; ${howToGoOn(checkpoint)}`, {
        signal: stop.signal,
      })
      return stop.signal
    }
    await saveCheckpoint(state, folded, { keepPrevious: false })
    monitor.report('saved', `${state} holds ${folded.records} records`, {
      path: state,
      records: folded.records,
    })
    monitor.done()
    return undefined
  } finally {
    monitor.endBar()
    await pool.close().catch(() => {})
  }

  async function foldOf(): Promise<Checkpoint | undefined> {
    if (loaded === undefined) {
      return foldScores(pool, population, withJoin(await scoreOptionsOf(flags, paths), records), run)
    }
    const { pipeline, digest, name } = loaded
    const options = pipelineOptionsGiven(loaded, flags)
    const outputs = outputsOf(name, () => readyOutputs(pipeline, options as never, modelsOfJoin(records)))
    if (Object.keys(outputs.folds).length === 0) {
      const what = 'has outputs of rows alone, which have no state; use run, with --part into one folder'
      throw new DataError('usage', what, { file: name })
    }
    const result = await foldPipeline(
      pool,
      population,
      {
        name,
        digest,
        options,
        records: recordsOf(loaded, options, outputs, records),
        thin: thinOf(flags),
        bad: badPolicyOf(flags),
      },
      run,
    )
    if (result.models === undefined) return undefined
    if (result.unsaved !== undefined) throw result.unsaved
    return result.state()
  }
}

function howToGoOn(checkpoint: string | undefined): string {
  return checkpoint === undefined
    ? 'nothing is saved; use --checkpoint FILE to make a run resumable'
    : `the same command resumes from ${checkpoint}`
}

/** The name of the population: that of a file, as `score` has it, unless it is one part of several. */
function modelOf(
  paths: readonly string[],
  part: string | undefined,
  { join }: RecordOptions,
  pipeline: string | undefined,
): string {
  if (join !== undefined) return join.average === undefined ? (pipeline ?? MODEL) : 'average'
  const isWhole = part === undefined && paths.length === 1 && !isPiped(paths[0])
  return isWhole ? populationsOf(paths, undefined)[0].model : MODEL
}
