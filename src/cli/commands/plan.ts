import { dirname, relative, resolve, sep } from 'node:path'
import type { ArgumentsCamelCase, Argv } from 'yargs'
import { DataError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import { BatchRuns } from '../../engine/batch-runs.js'
import { encodePlan, loadPlan, type Plan, shardOf, shortId } from '../../engine/plan.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { printText } from '../../io/standard-output.js'
import { writeAtomically } from '../../io/atomic-file.js'
import { commonFolder } from '../../scoring/population.js'
import { loadPrior } from '../../scoring/prior.js'
import type { ScoreOptions } from '../../scoring/score-options.js'
import { needsRadii, planPopulation } from '../../scoring/shard-plan.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import { modelsOfJoin, readyOutputs } from '../../pipeline/outputs.js'
import { outputsOf } from '../../pipeline/pass.js'
import { planPipeline } from '../../pipeline/plan-pipeline.js'
import { recordsOf } from './pipeline-job.js'
import { argumentValue } from '../arguments.js'
import {
  PIPELINE_RUN_FLAGS,
  pipelineNamed,
  pipelineOptionsGiven,
  withPipelineOptions,
} from '../flags/pipeline-flags.js'
import { type BadRecordFlags, PLAN_BAD_FLAGS } from '../flags/bad-record-flags.js'
import { populationsOf } from '../inputs.js'
import { inputsOf, withJoin } from '../joined-inputs.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import type { RecordOptions } from '../../sources/records/records.js'
import type { LoadedPipeline } from '../../pipeline/load.js'
import { type MetricFlags, metricsOf, nullsOf, thinOf, withMetricFlags } from '../flags/metric-flags.js'
import { READOUT_FLAGS, type ReadoutFlags, readoutOf } from '../flags/readout-flags.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from '../flags/record-flags.js'
import { type TruthFlags, truthOptionsOf, withTruthFlags } from '../flags/truth-flags.js'
import { SWEEP_FLAGS, type SweepFlags, sweepOf, sweepPriorsOf } from '../flags/sweep-flags.js'
import type { Command } from '../job/command.js'
import { JOB_FLAGS, runJob } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'

type Flags = MetricFlags &
  RecordFlags &
  JoinFlags &
  TruthFlags &
  SweepFlags &
  Omit<ReadoutFlags, 'motifs'> & {
    pipeline?: string | undefined
    inputs?: string[]
    model?: string | undefined
    shards: number
    verify: boolean
    'on-bad'?: BadRecordFlags['on-bad']
    out?: string | undefined
    show?: string | undefined
    format: 'text' | 'json'
    metrics?: string | undefined
  }

/** Options of every plan. */
const PLAN_FLAGS = {
  pipeline: { string: true, describe: 'pipeline to plan for (default: score)' },
  model: {
    string: true,
    describe: 'name of the model (default: the name of a single file, else model)',
  },
  shards: { number: true, default: 1, describe: 'number of shards; aim at 2 to 10 minutes of work each' },
  verify: {
    boolean: true,
    default: false,
    describe: 'hash every byte, so that copies of large files can be checked',
  },
  ...PLAN_BAD_FLAGS,
  out: { string: true, describe: 'file to write the plan to' },
  show: { string: true, describe: 'list the shards of this plan' },
  format: {
    choices: ['text', 'json'] as const,
    default: 'text' as const,
    describe: 'format of the list',
  },
  ...JOB_FLAGS,
} as const

export const planCommand: Command<Flags> = {
  async builder(yargs, words) {
    const common = withRecordFlags(
      yargs
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files, folders or patterns of one model',
        })
        .options(PLAN_FLAGS)
        .options(JOIN_FLAGS),
    )
      .example('$0 plan maps/ --model resnet --shards 64 --out plan.json', '')
      .example('$0 plan --pipeline ./my-pipeline.ts maps/ --shards 64 --out plan.json', '')
      .example('$0 plan --show plan.json', '') as unknown as Argv
    const name = argumentValue(words, 'pipeline')
    if (name === undefined)
      return withMetricFlags(withTruthFlags(common.options(READOUT_FLAGS).options(SWEEP_FLAGS)))
    return withPipelineOptions(common.options({ thin: PIPELINE_RUN_FLAGS.thin }), await pipelineNamed(name))
  },
  handler: plan,
}

/** `attrstream plan`: writes a plan, or lists the shards of one. */
async function plan(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const { show: shown, format } = flags
  if (shown !== undefined) return show(shown, format)
  return runJob({ metrics: flags.metrics, bar: false }, async (monitor, stop) => {
    stop.exitNow('no plan is written')
    await makePlan(flags, monitor)
    return undefined
  })
}

async function makePlan(flags: ArgumentsCamelCase<Flags>, monitor: Monitor): Promise<void> {
  const started = performance.now()
  const { out, shards } = flags
  if (out === undefined) throw new DataError('usage', 'a plan needs a file to be written to; give --out')
  const note = (text: string) => monitor.report('note', text)
  const loaded = flags.pipeline === undefined ? undefined : await pipelineNamed(flags.pipeline)
  const { files, records } = await inputsOf(flags.inputs ?? [], recordOptionsOf(flags), note, {
    joined: loaded?.pipeline.joined,
    average: flags.average,
  })
  if (files.length === 0) throw new DataError('usage', 'a plan needs inputs; give files, folders or patterns')
  const { join } = records
  const pooled = join === undefined ? undefined : join.average === undefined ? flags.pipeline : 'average'
  const populations = populationsOf(files, flags.model ?? pooled)
  const model = populations.length === 1 ? populations[0].model : 'model'
  await monitor.setContext({ model })
  monitor.reportToMachines('begin', 'begins', { files: files.length })
  const onOpened = ({ path, batches = [] }: OpenedInput) => {
    const { rows: records, bytes } = BatchRuns.of(batches).held()
    monitor.reportToMachines('opened', `opened ${path}`, {
      file: path,
      batches: batches.length,
      records,
      bytes,
    })
  }
  const population = { model, paths: files }
  const made =
    loaded === undefined
      ? await planPopulation(population, withJoin(await optionsOf(flags), records), shards, {
          onOpened,
          hashed: flags.verify,
        })
      : await planPipeline(population, pipelineOptionsOf(loaded, flags, records), shards, {
          onOpened,
          hashed: flags.verify,
        })
  const root =
    relative(dirname(resolve(out)), commonFolder(files))
      .split(sep)
      .join('/') || '.'
  await writeAtomically(out, encodePlan({ ...made, root }))
  const id = shortId(made.id)
  const held = made.inputs.map(({ batches }) => batches.held())
  const all = {
    batches: held.reduce((sum, { batches }) => sum + batches, 0),
    rows: held.reduce((sum, { rows }) => sum + rows, 0),
    bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
  }
  const first = needsRadii(made) ? '; its global threshold needs --pass radii first' : ''
  monitor.report(
    'done',
    `plan ${id}: ${made.shards} shards over ${all.batches} batches of ${made.inputs.length} files, in ${out}${first}`,
    {
      plan: id,
      shards: made.shards,
      units: unitsOf(made).length,
      batches: all.batches,
      files: made.inputs.length,
      records: all.rows,
      bytes: all.bytes,
      seconds: (performance.now() - started) / 1000,
      path: out,
    },
  )
}

function pipelineOptionsOf(
  loaded: LoadedPipeline,
  flags: ArgumentsCamelCase<Flags>,
  records: RecordOptions,
): PipelineOptions {
  const options = pipelineOptionsGiven(loaded, flags)
  const { name } = loaded
  const outputs = outputsOf(name, () =>
    readyOutputs(loaded.pipeline, options as never, modelsOfJoin(records)),
  )
  if (Object.keys(outputs.folds).length === 0) {
    const what =
      'has outputs of rows alone, which need no plan: give each machine the same run into one folder, with --shard i/n'
    throw new DataError('usage', what, { file: name })
  }
  const kind = flags['on-bad']
  return {
    name,
    digest: loaded.digest,
    options,
    records: recordsOf(loaded, options, outputs, records),
    thin: thinOf(flags),
    bad: kind === undefined || kind === 'fail' ? undefined : { kind },
  }
}

/** Errors: `usage`; those of reading a prior. */
async function optionsOf(flags: ArgumentsCamelCase<Flags>): Promise<ScoreOptions> {
  const metrics = metricsOf(flags)
  const kind = flags['on-bad']
  const bad = kind === undefined || kind === 'fail' ? undefined : { kind }
  const { records, truth } = truthOptionsOf(flags)
  const readout = await readoutOf(flags)
  const prior = await loadPrior(flags.prior, { k: metrics.kmer.k, records })
  const sweep = sweepOf(flags, metrics)
  const sweepPriors = await sweepPriorsOf(flags.prior, metrics, sweep, records)
  const nulls = nullsOf(flags)
  return { metrics, prior, records, truth, bad, readout, nulls, thin: thinOf(flags), sweep, sweepPriors }
}

/** The shards of a plan: a line for each run of batches, or all of it as JSON, with the passes that recipes must run. */
async function show(file: string, format: Flags['format']): Promise<void> {
  const plan = await loadPlan(file)
  const units = unitsOf(plan)
  const text =
    format === 'json'
      ? `${JSON.stringify({ ...summaryOf(plan, units), units }, null, 2)}\n`
      : [
          'shard\tfile\tbatches\trows\tbytes\n',
          ...units.map(
            ({ shard, file: name, batches: [first, last], rows, bytes }) =>
              `${shard}\t${printable(name)}\t${first}-${last}\t${rows}\t${bytes}\n`,
          ),
        ].join('')
  await printText(text)
}

type Unit = ReturnType<typeof unitsOf>[number]

/** What each shard reads: for each file its first and last batch, and what these hold. */
function unitsOf(plan: Plan) {
  const shards = Array.from({ length: plan.shards }, (_, shard) => shard)
  return shards.flatMap(shard =>
    shardOf(plan, shard).map(({ input, range }) => {
      const { name, batches } = plan.inputs[input]
      const { rows, bytes } = batches.held(range)
      return { shard, file: name, batches: [range.start, range.end - 1] as const, rows, bytes }
    }),
  )
}

function summaryOf(plan: Plan, units: readonly Unit[]) {
  return {
    id: plan.id,
    model: plan.population,
    shards: plan.shards,
    passes: needsRadii(plan) ? ['radii', 'statistics'] : ['statistics'],
    rows: units.reduce((sum, { rows }) => sum + rows, 0),
    bytes: units.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}
