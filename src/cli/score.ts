import { join } from 'node:path'
import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { sizeOf } from '../columns/bytes.js'
import { shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import { count } from '../engine/ranges.js'
import { LanePool } from '../engine/pool.js'
import { type Provenance, SCORES_SCHEMA, type ScoreDocument } from '../scoring/document.js'
import { DEFAULT_NULLS } from '../scoring/nulls.js'
import { makeSpool } from '../scoring/quarantine-spool.js'
import { loadPrior } from '../scoring/prior.js'
import { preparationFor } from '../scoring/pass.js'
import type { Population } from '../scoring/population.js'
import { type PopulationScores, type ScoreReport, scorePopulation } from '../scoring/score.js'
import type { ScoreOptions } from '../scoring/score-options.js'
import { comparisonWarnings } from '../scoring/warnings.js'
import { VERSION } from '../version.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags, badPolicyOf, maxBadOf } from './bad-record-flags.js'
import { expandInputs, populationsOf } from './inputs.js'
import { type MetricFlags, metricsOf, nullsOf, thinOf, withMetricFlags } from './metric-flags.js'
import { makeFolder, OUTPUT_FLAGS, type OutputFlags, printScores, saveScores } from './output.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from './record-flags.js'
import { MOTIF_FLAGS, READOUT_FLAGS, type ReadoutFlags, readoutOf } from './readout-flags.js'
import { everyOf, lanesFor, memoryLimitOf, type RunFlags, withRunFlags } from './run-flags.js'
import type { ShardFlags } from './shard.js'
import { SWEEP_FLAGS, type SweepFlags, sweepOf, sweepPriorsOf } from './sweep-flags.js'
import { exitBySignal, exitCodeOfSignal, onStopSignal, type StopSignal } from './signals.js'
import { type TruthFlags, truthOptionsOf, withTruthFlags } from './truth-flags.js'
import type { Command } from './command.js'
import { exitCodeOfError } from './errors.js'
import { log } from './run-log.js'
import { Watch } from './watch.js'

type Flags = MetricFlags &
  RecordFlags &
  TruthFlags &
  RunFlags &
  ReadoutFlags &
  SweepFlags &
  OutputFlags &
  BadRecordFlags &
  InferredOptionTypes<typeof SHARD_FLAGS> & {
    inputs?: string[]
    model?: string | undefined
    untilSe?: number | undefined
    report?: string | undefined
  }

/** Models whose maps a report draws unasked. */
const MOST_DUMPS = 8

const S = 'Shards:'

/** Options for one shard of a plan, which has all others. */
const SHARD_FLAGS = {
  plan: { string: true, group: S, describe: 'plan whose shard is to be folded, with its options' },
  shard: { string: true, group: S, describe: 'i/n: the i-th of n, from 0' },
  state: { string: true, group: S, describe: "file for the shard's state" },
  root: { string: true, group: S, describe: "folder of the plan's files (where they were when it was made)" },
  pass: {
    choices: ['radii', 'statistics'] as const,
    group: S,
    describe: 'radii is the first pass of a global threshold',
  },
  radii: { string: true, group: S, describe: 'merged state of that first pass' },
  'checkpoint-dir': { string: true, group: S, describe: 'folder for the checkpoint (beside the state)' },
} as const

export const scoreCommand: Command<Flags> = {
  builder: yargs =>
    withRunFlags(
      withMetricFlags(
        withTruthFlags(
          withRecordFlags(
            yargs
              .positional('inputs', {
                type: 'string',
                array: true,

                describe: 'files of maps, folders or patterns of them, or - for an Arrow stream',
              })
              .option('model', { string: true, describe: 'pool all inputs into one population of this name' })
              .options(OUTPUT_FLAGS)
              .options(BAD_RECORD_FLAGS)
              .options(READOUT_FLAGS)
              .options(MOTIF_FLAGS)
              .option('report', {
                string: true,
                describe: 'file for a page that shows the scores, as in report.html; implies --readout',
              })
              .options(SWEEP_FLAGS)
              .option('until-se', {
                number: true,
                describe:
                  'stop as soon as no KLD has a standard error above this, in nats; batches are read in a random order',
              })
              .options(SHARD_FLAGS),
          ),
        ),
      ),
    )
      .example('$0 score model_a.parquet model_b.arrow', 'one model a file')
      .example(
        '$0 score --model resnet maps/ --checkpoint resnet.state',
        'one model in many files, to be resumed',
      )
      .example('producer | $0 score -', 'an Arrow stream'),
  handler: score,
}

/** `attrstream score`: each file, or all under --model, through both metrics. */
async function score(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  if (flags.plan !== undefined) {
    const { scoreShard } = await import('./shard.js')
    return scoreShard(shardFlagsOf(flags))
  }
  if (flags.inputs === undefined || flags.inputs.length === 0) {
    throw new DataError('usage', 'score needs inputs; name files, folders or patterns, or - for a pipe')
  }
  const context = { command: 'score', ...(flags.model === undefined ? {} : { model: flags.model }) }
  const watch = await Watch.start({ metrics: flags.metrics, bar: !flags.quiet, context })
  try {
    await scoreAll(flags, flags.inputs, watch)
    await watch.end('done', 0)
  } catch (error) {
    await watch.end('failed', exitCodeOfError(error))
    throw error
  }
}

async function scoreAll(
  flags: ArgumentsCamelCase<Flags>,
  given: readonly string[],
  watch: Watch,
): Promise<void> {
  const started = performance.now()
  const note = (text: string) => watch.tell('note', text)
  const files = await expandInputs(given, note, recordOptionsOf(flags))
  const populations = populationsOf(files, flags.model)
  const metrics = metricsOf(flags)
  const { records, truth } = truthOptionsOf(flags)
  const bad = badPolicyOf(flags)
  const every = everyOf(flags.every)
  const sweep = sweepOf(flags, metrics)
  const memoryLimit = memoryLimitOf(flags['memory-limit'])
  const readout = await readoutOf({ ...flags, readout: flags.readout || flags.report !== undefined })
  if (flags.restart && flags.checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; name the file with --checkpoint')
  }
  if (flags.out !== undefined) await makeFolder(flags.out)
  let pool: LanePool | undefined
  let signal: StopSignal | undefined
  const release = onStopSignal(caught => {
    signal = caught
    // A pipe has no checkpoint, and its next batch may never come.
    if (pool === undefined || files.includes('-')) {
      watch.tell(
        'stopped',
        `stopped by ${caught}; ${pool === undefined ? 'nothing was begun' : 'what a pipe gave is not saved'}`,
        { signal: caught },
      )
      void watch.end('stopped', exitCodeOfSignal(caught)).finally(() => exitBySignal(caught))
      return
    }
    pool.stop()
  })
  const prior = await loadPrior(flags.prior, { k: metrics.kmer.k, records })
  const spool =
    flags.quarantine !== undefined && files.includes('-') ? makeSpool(flags.quarantine) : undefined
  const nulls = nullsOf(flags)
  const options: ScoreOptions = {
    metrics,
    prior,
    records,
    truth,
    nulls,
    thin: thinOf(flags),
    sweep,
    sweepPriors: await sweepPriorsOf(flags.prior, metrics, sweep, records),
    bad: bad && { ...bad, spool },
    readout,
  }
  const lanes = new LanePool(await lanesFor(flags.workers, files), preparationFor(files[0]))
  pool = lanes
  watch.begin({ files: files.length })
  const checkpointOf = ({ model }: Population) =>
    flags.checkpoint === undefined
      ? undefined
      : {
          path:
            populations.length === 1 ? flags.checkpoint : `${flags.checkpoint}.${encodeURIComponent(model)}`,
          every,
          restart: flags.restart,
        }

  let results: readonly PopulationScores[]
  try {
    results = await inTurns(populations, lanes, population =>
      scorePopulation(lanes, population, options, {
        checkpoint: checkpointOf(population),
        memoryLimit,
        untilSe: flags.untilSe,
        populations: Math.min(populations.length, lanes.size),
        interimMs: process.stderr.isTTY ? 3000 : undefined,
        report: reportTo(watch, population, populations.length > 1, sweep !== undefined),
      }),
    )
  } finally {
    watch.endBar()
    release()
    await lanes.close().catch(() => {})
  }
  if (
    signal !== undefined &&
    (results.length < populations.length || results.some(({ scores }) => scores === undefined))
  ) {
    tellHowToGoOn(watch, signal, results, flags.checkpoint)
    await watch.end('stopped', exitCodeOfSignal(signal))
    exitBySignal(signal)
  }
  const document: ScoreDocument = {
    schema: SCORES_SCHEMA,
    models: results.flatMap(({ scores }) => scores ?? []),
    provenance: await provenance(populations, results, options, started),
  }
  for (const { model, warnings } of document.models)
    for (const warning of warnings) watch.tell('warning', `${model}: ${warning}`, { model })
  for (const warning of comparisonWarnings(document.models)) watch.tell('warning', warning)
  if (flags.quarantine !== undefined) {
    await writeQuarantine(flags.quarantine, populations, results, options)
  }
  await printScores(document, flags)
  if (flags.out !== undefined) await saveScores(document, flags.out)
  if (flags.report !== undefined) {
    const { writeReport } = await import('./report.js')
    const dumps = populations.flatMap(({ model, paths: [path, ...more] }) =>
      // Maps are of a lone file's one model; a pipe has passed.
      path === '-' || more.length > 0 || records.columns?.model !== undefined ? [] : [{ model, path }],
    )
    const name = flags.out === undefined ? 'this run' : join(flags.out, 'scores.json')
    await writeReport(flags.report, [{ name, document }], dumps.slice(0, MOST_DUMPS), flags, records)
    note(`the report is in ${flags.report}`)
  }
  watch.scored(document.models)
  watch.done()
  const unsaved = results.find(({ folded }) => folded.unsaved !== undefined)?.folded.unsaved
  if (unsaved !== undefined) throw unsaved
}

/** Writes the bad rows of all populations into one file. */
async function writeQuarantine(
  file: string,
  populations: readonly Population[],
  results: readonly PopulationScores[],
  { metrics, records, bad: policy }: ScoreOptions,
): Promise<void> {
  const { saveQuarantine } = await import('../scoring/quarantine.js')
  const quarantines = populations.flatMap((_, i) => {
    const { bad, inputs } = results[i]
    return bad === undefined ? [] : { bad, inputs, records, k: metrics.kmer.k, spool: policy?.spool }
  })
  await saveQuarantine(file, quarantines)
  const total = quarantines.reduce((sum, { bad }) => sum + bad.total, 0)
  log.tell('note', `${file} holds ${total} bad records`, { bad_records: total })
}

/** Errors: `usage`, for a plan without a shard or a state, or with inputs of its own. */
function shardFlagsOf(flags: ArgumentsCamelCase<Flags>): ShardFlags {
  const { plan, shard, state } = flags
  if (plan === undefined || shard === undefined || state === undefined) {
    throw new DataError('usage', '--plan, --shard and --state go together; give all three')
  }
  if (flags.inputs !== undefined && flags.inputs.length > 0) {
    throw new DataError('usage', `inputs are the plan's; leave ${flags.inputs[0]} out`)
  }
  if (flags.untilSe !== undefined) {
    throw new DataError('usage', '--until-se stops a run of its own; a shard is folded whole')
  }
  if (flags['on-bad'] !== undefined || flags.quarantine !== undefined) {
    throw new DataError('usage', "--on-bad is the plan's; give it to plan, and --quarantine to merge")
  }
  const { root, pass, radii, checkpointDir, workers, restart, metrics } = flags
  return {
    plan,
    shard,
    state,
    root,
    pass,
    radii,
    checkpointDir,
    workers,
    restart,
    metrics,
    max: maxBadOf(flags['max-bad']),
    memoryLimit: memoryLimitOf(flags['memory-limit']),
    every: everyOf(flags.every),
  }
}

/**
 * Runs `work` over all items, as many at a time as there are lanes; results in the items' order, of those begun before
 * the lanes were stopped. The first error waits for the others.
 */
async function inTurns<T, U>(
  items: readonly T[],
  pool: LanePool,
  work: (item: T) => Promise<U>,
): Promise<U[]> {
  const results: U[] = []
  let next = 0
  let failed = false
  const lane = async () => {
    while (next < items.length && !failed && !pool.isStopped) {
      const i = next++
      try {
        results[i] = await work(items[i])
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(pool.size, items.length) }, lane))
  for (const settled of lanes) if (settled.status === 'rejected') throw settled.reason
  return results
}

function reportTo(watch: Watch, { model }: Population, several: boolean, swept: boolean): ScoreReport {
  const name = several ? `${model}: ` : ''
  return {
    pass: (_what, bytes) => watch.expect(bytes),
    progress: ({ records, bytes }) => watch.advance(records, bytes),
    resumed: (records, batches) =>
      watch.tell(
        'resumed',
        `${name}going on from ${records} records (${batches} batches) of the checkpoint`,
        { model, records, batches },
      ),
    earlierFormat: () =>
      watch.tell(
        'note',
        `${name}the checkpoint is of attrstream 0.1, so its scores have no null of the angles and no digest of ids; --restart makes them anew`,
      ),
    memory: ({ total_bytes }) => {
      if (!swept) return
      const megabytes = Math.round(total_bytes / 1e6)
      watch.tell('note', `${name}the sweep needs about ${megabytes} MB of memory`, {
        model,
        bytes: total_bytes,
      })
    },
    cutMoved: () =>
      watch.tell(
        'note',
        `${name}the further data moved the global threshold, so its second pass begins anew`,
      ),
    interim: scores => watch.interim(scores),
    saved: (path, records) => watch.saved(path, records),
    saveFailed: error =>
      watch.tell('save-failed', `${name}checkpoint not saved: ${error.message}`, { model }),
  }
}

function tellHowToGoOn(
  watch: Watch,
  signal: StopSignal,
  results: readonly PopulationScores[],
  checkpoint: string | undefined,
): void {
  let done = 0
  let all = 0
  for (const { folded, inputs } of results) {
    for (const { covered } of folded.checkpoint.inputs) done += count(covered)
    for (const { batches } of inputs) all += batches?.length ?? 0
  }
  const unsaved = results.find(result => result.folded.unsaved !== undefined)?.folded.unsaved
  const how =
    done === 0
      ? 'nothing is lost; run the same command again'
      : checkpoint === undefined
        ? 'nothing is saved; give --checkpoint FILE to go on another time'
        : unsaved === undefined
          ? `saved in ${checkpoint}; go on with the same command`
          : `the last save failed (${unsaved.message}); the same command goes on from the checkpoint before`
  watch.tell('stopped', `stopped by ${signal} after ${done} of ${all} batches; ${how}`, {
    signal,
    batches: done,
    expected_batches: all,
  })
}

async function provenance(
  populations: readonly Population[],
  results: readonly PopulationScores[],
  { metrics, prior, records, truth, thin, sweep, nulls = DEFAULT_NULLS }: ScoreOptions,
  started: number,
): Promise<Provenance> {
  const inputs = await Promise.all(
    populations.flatMap(({ model }, i) =>
      results[i].inputs.map(async ({ name, path, fingerprint }) => ({
        model,
        name,
        bytes: path === '-' ? null : ((await sizeOf(path)) ?? null),
        fingerprint: fingerprint ?? null,
      })),
    ),
  )
  return {
    version: VERSION,
    command: process.argv.slice(2).map(shownPath),
    inputs,
    options: {
      ...metrics,
      prior: prior?.name ?? 'population',
      records,
      truth,
      nulls,
      thin,
      sweep,
    } as unknown as Json,
    wall_seconds: (performance.now() - started) / 1000,
  }
}
