import { DataError } from '../core/errors.js'
import { jsonDifferences } from '../core/canonical-json.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { foldPopulation } from '../engine/fold.js'
import { makePass, type PassRecipe } from '../engine/workers/local-worker.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import type { Every, Folded, FoldReport, OpenedInput } from '../engine/fold-options.js'
import { assertSameData } from '../engine/checkpoints/same-inputs.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { VERSION } from '../version.js'
import { screenOf } from './bad-record-policy.js'
import type { MemoryEstimate, RunShape } from './estimate.js'
import type { PlainCuts } from '../metrics/angular/global-threshold.js'
import type { Statistics } from './pass-accumulators.js'
import { cutsOfRadii, modelScores, type PlainScores, readScores, scoresOf } from './scores-of-pass.js'
import { assertWithinMemory } from './memory-limit.js'
import { type PassSpec, passRecipe } from './pass.js'
import { type OpenedPopulation, openPopulation, type Population } from './population.js'
import { randomRounds } from './random-rounds.js'
import { type ScoreOptions, statisticsOptions } from './score-options.js'
import type { ModelScore } from '../metrics/model-score.js'
import { scoringNotes } from './stored-options.js'
import { STATE_FORMAT, type StateFormat } from '../metrics/statistics.js'
import { resolveThinning } from '../metrics/thinning.js'
import type { Failure } from '../results/failures.js'
import { isPreciseEnough, withRecordsRead, checkUntilSe } from './until-se.js'

/** Where a run saves and what it reports. */
export interface ScoreRun {
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  readonly report?: ScoreReport | undefined
  /** How often, in ms, to report the scores so far; never if undefined. */
  readonly interimMs?: number | undefined
  /** Most bytes of memory that it may need; without a limit where undefined. */
  readonly memoryLimit?: number | undefined
  /**
   * Stops between two rounds of batches once the standard errors of both KLDs of every model are at most this, in nats;
   * never where undefined.
   */
  readonly untilSe?: number | undefined
  /** Whether what a checkpoint covers is read again and compared, however unchanged its files look. */
  readonly verify?: boolean | undefined
  /** Populations scored at the same time over the same pool; one where undefined. */
  readonly populations?: number | undefined
}

export interface ScoreReport extends Omit<FoldReport, 'interim'> {
  /** A pass begins over this many bytes; 0 if unknown. */
  pass?(kind: PassSpec['kind'], bytes: number): void
  /** Further data has moved a global cut, so that the second pass starts over. */
  cutMoved?(): void
  /** The run goes on from a checkpoint of an earlier format, which holds less. */
  earlierFormat?(): void
  interim?(scores: readonly ModelScore[]): void
  /** What the run needs, about, before anything is read. */
  memory?(estimate: MemoryEstimate): void
}

/**
 * What came of scoring a population: its scores where all of it is covered. Not the state (18 MB and more), which a run of
 * many models would hold for each.
 */
export interface PopulationScores {
  /** Of the models that have some. */
  readonly scores: readonly ModelScore[] | undefined
  /** Models that cannot be scored, where all of the population is covered. */
  readonly failed: readonly Failure[]
  /** Bad records, where they were let through and all of the population is covered. */
  readonly bad: BadRecords | undefined
  readonly inputs: readonly OpenedInput[]
  /** Batches covered, by name of the input. */
  readonly covered: Checkpoint['inputs']
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
}

/**
 * Scores a population: one pass over its files, or two where a global threshold can be exact.
 *
 * Errors: those of reading and of `scoresOf`; `usage`, for a checkpoint of a pipe; `mismatch`, for one of other
 * options or data.
 */
export async function scorePopulation(
  pool: WorkerPool,
  population: Population,
  options: ScoreOptions,
  run: ScoreRun = {},
): Promise<PopulationScores> {
  const job = await openJob(pool, population, options, run)
  const found = await findCuts(job)
  if (found.cuts === undefined) return unscored(job, found)
  const folded = await foldPass(job, 'statistics', found.cuts, run.checkpoint)
  const unsaved = folded.unsaved ?? found.unsaved
  const stopped = !folded.complete && (run.untilSe === undefined || pool.isStopped)
  return stopped ? unscored(job, { ...folded, unsaved }) : scored(job, folded, unsaved)
}

/** A population that is open, and how it is scored. */
interface Job extends OpenedPopulation {
  readonly pool: WorkerPool
  readonly population: Population
  readonly options: ScoreOptions
  readonly run: ScoreRun
  readonly piped: boolean
}

/** Opens the inputs, and refuses what cannot be done with them before anything is read. */
async function openJob(
  pool: WorkerPool,
  population: Population,
  asked: ScoreOptions,
  run: ScoreRun,
): Promise<Job> {
  const opened = await openPopulation(population, asked.records)
  const { inputs } = opened
  const options = await optionsToGoOn({ ...asked, thin: resolveThinning(asked.thin, inputs) }, run)
  const piped = inputs.some(({ batches }) => batches === undefined)
  if (piped && run.checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or score a file',
    )
  }
  if (run.untilSe !== undefined) checkUntilSe(piped, options, run.untilSe, run.checkpoint !== undefined)
  const shape = { ...runShape(options, inputs), workers: pool.size, populations: run.populations }
  run.report?.memory?.(assertWithinMemory(shape, run.memoryLimit ?? Number.POSITIVE_INFINITY))
  return { ...opened, pool, population, options, run, piped }
}

/** What decides the points of the second pass; undefined where the first was stopped. */
interface FoundCuts {
  readonly cuts: PlainCuts | undefined
  readonly checkpoint?: Checkpoint
  readonly unsaved?: DataError | undefined
}

/** The cuts of a global threshold: those of a first pass over files, or of a radius axis over a pipe. */
async function findCuts(job: Job): Promise<FoundCuts> {
  const { options, piped, run } = job
  if (options.metrics.angular.threshold.kind !== 'global') return { cuts: null }
  if (piped) return { cuts: 'bins' }
  const saved = run.checkpoint && { ...run.checkpoint, path: `${run.checkpoint.path}.radii` }
  const { complete, checkpoint, unsaved } = await foldPass(job, 'radii', null, saved)
  return { cuts: complete ? cutsOfRadii(options, checkpoint) : undefined, checkpoint, unsaved }
}

/** One pass over the inputs. */
async function foldPass(
  job: Job,
  kind: PassSpec['kind'],
  cuts: PlainCuts,
  checkpoint: ScoreRun['checkpoint'],
): Promise<Folded> {
  const { pool, population, inputs, ids, options, run } = job
  const { report = {}, untilSe } = run
  const { model } = population
  const bytes = totalBytes(inputs)
  report.pass?.(kind, bytes)
  const finishes = kind === 'statistics' && untilSe === undefined && options.readout?.motifs === undefined
  const recipe = passRecipe(JSON.stringify([model, kind, ...population.paths]), {
    kind,
    cuts,
    statistics: statisticsOptions(options),
    records: options.records,
    ids,
    screen: screenOf(options.bad, inputs),
    scores: finishes ? { model, options } : undefined,
  })
  const moved =
    cuts !== null && checkpoint !== undefined && (await hasMoved(recipe, checkpoint, population, inputs))
  if (moved) report.cutMoved?.()
  return foldPopulation(pool, {
    recipe,
    population: model,
    inputs,
    renamable: ids !== 'path and row',
    checkpoint: moved ? { ...checkpoint, restart: true } : checkpoint,
    verify: run.verify,
    rounds:
      untilSe === undefined
        ? undefined
        : { tasks: randomRounds(inputs), enough: isPreciseEnough(model, options, untilSe) },
    workers: bytes <= ONE_WORKER_BYTES && (run.populations ?? 1) >= pool.size ? 1 : undefined,
    finish: finishes,
    version: VERSION,
    notes: scoringNotes(options),
    interimMs: kind === 'radii' ? undefined : run.interimMs,
    report: {
      ...report,
      interim: result => report.interim?.(modelScores(model, result as Statistics, options, true).scores),
    },
  })
}

/** What came of a run that was stopped. */
function unscored({ inputs }: Job, { checkpoint, unsaved }: Omit<FoundCuts, 'cuts'>): PopulationScores {
  const covered = checkpoint?.inputs ?? []
  return { scores: undefined, failed: [], bad: undefined, inputs, covered, unsaved }
}

/** The scores of the last pass: those that a worker made of it, or made here. */
function scored(
  { population, inputs, options, run: { untilSe } }: Job,
  folded: Folded,
  unsaved: DataError | undefined,
): PopulationScores {
  const { finished, checkpoint } = folded
  const { records } = checkpoint
  const { scores, failed, bad } =
    finished === undefined
      ? scoresOf(population.model, options, folded.result() as Statistics, records)
      : readScores(finished as PlainScores)
  return {
    scores: untilSe === undefined ? scores : withRecordsRead(scores, records, inputs, untilSe),
    failed,
    bad,
    inputs,
    covered: checkpoint.inputs,
    unsaved,
  }
}

/**
 * Of several populations at a time, those of so few bytes are folded by one worker each, which scores them too: to bring the
 * states of two workers together takes as long as folding so much, and scoring as long as a third of it.
 */
const ONE_WORKER_BYTES = 64 * 2 ** 20

/** What the memory of a run depends on, but for how it is run. */
export function runShape(options: ScoreOptions, inputs: readonly OpenedInput[]): Omit<RunShape, 'workers'> {
  let records = 0
  let batchBytes = 0
  for (const { batches = [] } of inputs) {
    for (const { rows, bytes } of batches) {
      records += rows
      batchBytes = Math.max(batchBytes, bytes)
    }
  }
  const piped = inputs.some(({ batches }) => batches === undefined)
  return {
    ...statisticsOptions(options),
    records: piped ? undefined : records,
    batchBytes,
    piped,
  }
}

/** The options asked for, in the format of the checkpoint that the run goes on from. */
async function optionsToGoOn(asked: ScoreOptions, { checkpoint, report }: ScoreRun): Promise<ScoreOptions> {
  if (checkpoint === undefined || checkpoint.restart) return asked
  const { loadCheckpoint } = await import('../engine/checkpoints/checkpoint-file.js')
  const found = (await loadCheckpoint(checkpoint.path)) ?? (await loadCheckpoint(`${checkpoint.path}.radii`))
  const format = (found?.notes as { readonly format?: StateFormat } | null | undefined)?.format
  if (format === undefined || format === STATE_FORMAT) return asked
  report?.earlierFormat?.()
  return { ...asked, format }
}

/**
 * Whether a checkpoint of the second pass is of the same options and data but of another cut, as it is once files were
 * added: its points cannot be used any more.
 */
async function hasMoved(
  recipe: PassRecipe,
  { path, restart }: { readonly path: string; readonly restart: boolean },
  population: Population,
  inputs: readonly OpenedInput[],
): Promise<boolean> {
  const { loadCheckpoint } = await import('../engine/checkpoints/checkpoint-file.js')
  const found = restart ? undefined : await loadCheckpoint(path)
  if (found === undefined || found.plan !== null) return false
  const { accumulator } = await makePass(recipe)
  const differences = jsonDifferences(found.params, accumulator.params)
  if (found.pipeline !== accumulator.name || differences.length === 0) return false
  if (!differences.every(({ path: at }) => /(^|\.)(bracket|cuts|otherCuts)(\.|$)/.test(at))) return false
  assertSameData(found, population.model, inputs, path)
  return true
}

function totalBytes(inputs: readonly OpenedInput[]): number {
  let total = 0
  for (const { batches = [] } of inputs) for (const { bytes } of batches) total += bytes
  return total
}
