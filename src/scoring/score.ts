import { DataError } from '../core/errors.js'
import { jsonDifferences } from '../core/canonical-json.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { foldPopulation } from '../engine/fold.js'
import { makePass, type PassRecipe } from '../engine/workers/local-worker.js'
import type { LanePool } from '../engine/workers/pool.js'
import type { Every, Folded, FoldReport, OpenedInput } from '../engine/fold-options.js'
import { assertSameData } from '../engine/checkpoints/same-inputs.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { VERSION } from '../version.js'
import { screenOf } from './bad-record-policy.js'
import type { MemoryEstimate, RunShape } from './estimate.js'
import { cutsOfRadii, modelScores, type Statistics } from './scores-of-pass.js'
import { finish, type FinishedPass, finishRecipe, readFinished } from './finish-pass.js'
import { assertWithinMemory } from './memory-limit.js'
import { DEFAULT_NULLS } from '../metrics/nulls.js'
import { type PassSpec, passRecipe } from './pass.js'
import { openPopulation, type Population } from './population.js'
import { cutRounds } from './random-rounds.js'
import { type ScoreOptions, statisticsOptions } from './score-options.js'
import type { ModelScore } from '../metrics/model-score.js'
import { scoringNotes } from './stored-options.js'
import { STATE_FORMAT, type StateFormat } from '../metrics/statistics.js'
import { resolveThinning } from '../metrics/thinning.js'
import type { Failure } from '../results/failures.js'
import { isEnough, readUntil, refuseUntilSe } from './until-se.js'

/** Where a run saves and what it tells. */
export interface ScoreRun {
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  readonly report?: ScoreReport | undefined
  /** How often, in ms, to tell the scores so far; never where undefined. */
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
  /** A pass begins over so many bytes; 0 if unknown. */
  pass?(what: 'radii' | 'scores', bytes: number): void
  /** Further data has moved a global cut, so that the second pass begins anew. */
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
  pool: LanePool,
  population: Population,
  asked: ScoreOptions,
  run: ScoreRun = {},
): Promise<PopulationScores> {
  const { inputs, ids } = await openPopulation(population, asked.records)
  const options = await optionsToGoOn({ ...asked, thin: resolveThinning(asked.thin, inputs) }, run)
  const piped = inputs.some(({ batches }) => batches === undefined)
  if (piped && run.checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or score a file',
    )
  }
  if (run.untilSe !== undefined) refuseUntilSe(piped, options, run.untilSe, run.checkpoint !== undefined)
  const statistics = statisticsOptions(options)
  const screen = screenOf(options.bad, inputs)
  const { report = {} } = run
  const shape = { ...runShape(options, inputs), lanes: pool.size, populations: run.populations }
  const memory = assertWithinMemory(shape, run.memoryLimit ?? Number.POSITIVE_INFINITY)
  report.memory?.(memory)
  const isShort = totalBytes(inputs) <= ONE_LANE_BYTES
  const finishing = { model: population.model, options }
  const pass = async (spec: Pick<PassSpec, 'kind' | 'cuts'>, checkpoint: ScoreRun['checkpoint']) => {
    report.pass?.(spec.kind === 'radii' ? 'radii' : 'scores', totalBytes(inputs))
    const key = JSON.stringify([population.model, spec.kind, ...population.paths])
    const recipe = passRecipe(key, { ...spec, statistics, records: options.records, ids, screen })
    const moved =
      spec.cuts !== null &&
      checkpoint !== undefined &&
      (await hasMoved(recipe, checkpoint, population, inputs))
    if (moved) report.cutMoved?.()
    return foldPopulation(pool, {
      recipe,
      population: population.model,
      inputs,
      renamable: ids !== 'path and row',
      checkpoint: moved ? { ...checkpoint, restart: true } : checkpoint,
      verify: run.verify,
      rounds:
        run.untilSe === undefined
          ? undefined
          : { tasks: cutRounds(inputs), enough: isEnough(population.model, options, run.untilSe) },
      lanes: isShort && (run.populations ?? 1) >= pool.size ? 1 : undefined,
      finish: spec.kind === 'radii' || run.untilSe !== undefined ? undefined : finishRecipe(finishing),
      version: VERSION,
      notes: scoringNotes(options),
      interimMs: spec.kind === 'radii' ? undefined : run.interimMs,
      report: {
        ...report,
        interim: result =>
          report.interim?.(modelScores(population.model, result as Statistics, options, true).scores),
      },
    })
  }

  let cuts: PassSpec['cuts'] = null
  let unsaved: DataError | undefined
  if (options.metrics.angular.threshold.kind === 'global') {
    if (piped) cuts = 'bins'
    else {
      const { checkpoint } = run
      const radii = await pass(
        { kind: 'radii', cuts: null },
        checkpoint && { ...checkpoint, path: `${checkpoint.path}.radii` },
      )
      if (!radii.complete) return outcomeOf(radii, radii.unsaved)
      cuts = cutsOfRadii(options, radii.checkpoint)
      unsaved = radii.unsaved
    }
  }
  const last = await pass({ kind: 'statistics', cuts }, run.checkpoint)
  unsaved = last.unsaved ?? unsaved
  if (!last.complete && (run.untilSe === undefined || pool.isStopped)) return outcomeOf(last, unsaved)
  const { records } = last.checkpoint
  const finished = last.finished ?? finish(last.result() as Statistics, records, finishing)
  const { scores, failed, bad } = readFinished(finished as FinishedPass)
  return {
    ...outcomeOf(last, unsaved),
    scores: run.untilSe === undefined ? scores : readUntil(scores, records, inputs, run.untilSe),
    failed,
    bad,
  }

  function outcomeOf({ checkpoint }: Folded, unsaved: DataError | undefined): PopulationScores {
    return { scores: undefined, failed: [], bad: undefined, inputs, covered: checkpoint.inputs, unsaved }
  }
}

/**
 * Of several populations at a time, those of so few bytes are folded by one lane each, which scores them too: to bring the
 * states of two lanes together takes as long as folding so much, and scoring as long as a third of it.
 */
const ONE_LANE_BYTES = 64 * 2 ** 20

/** What the memory of a run depends on, but for how it is run. */
export function runShape(options: ScoreOptions, inputs: readonly OpenedInput[]): Omit<RunShape, 'lanes'> {
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
    metrics: options.metrics,
    nulls: options.nulls ?? DEFAULT_NULLS,
    readout: options.readout !== undefined,
    sweep: options.sweep,
    populationPrior: options.prior === undefined,
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
