import { basename, dirname, relative, resolve, sep } from 'node:path'
import { findLayout } from '../columns/layout.js'
import { scalarColumns } from '../columns/scalars.js'
import { filterOf, type RecordOptions } from '../columns/records.js'
import { isRemote, shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import type { Checkpoint } from '../engine/checkpoint.js'
import { jsonDifferences } from '../engine/canonical-json.js'
import { foldPopulation } from '../engine/fold-population.js'
import type { Every, Folded, FoldReport, OpenedInput } from '../engine/population-fold.js'
import { assertSameData } from '../engine/same-data.js'
import { makePass, type PassRecipe } from '../engine/lane.js'
import type { LanePool } from '../engine/pool.js'
import { openColumns } from '../sources/open.js'
import type { BadRecords } from '../stats/bad-records.js'
import { VERSION } from '../version.js'
import { modelCuts } from './cuts.js'
import type { MemoryEstimate, RunShape } from './estimate.js'
import type { PriorCounts } from './kmer-score.js'
import { assertWithinMemory } from './memory-limit.js'
import { DEFAULT_NULLS, NO_NULLS, type NullOptions } from './nulls.js'
import type { MetricOptions } from './options.js'
import {
  type IdOrigin,
  type PassResult,
  type PassSpec,
  passRecipe,
  radiiPass,
  type ScreenSpec,
  statisticsPass,
} from './pass.js'
import { type BadRecordPolicy, refuseTooMany, screenOf } from './bad-record-policy.js'
import type { ReadoutOptions } from './readout.js'
import { cutRounds } from './rounds.js'
import { type ModelFilter, type ModelScore, noRecords, scoreModel, withFilter } from './scores.js'
import type { SweepOptions } from './sweep-options.js'
import { resolveThinning, type Thinning } from './thinning.js'
import type { TruthOptions } from './truth-score.js'
import {
  type PopulationStatistics,
  STATE_FORMAT,
  type StateFormat,
  type StatisticsOptions,
  topOf,
} from './statistics.js'

/** The maps of one model, or of several where a column tells them apart: one or many files. */
export interface Population {
  readonly model: string
  readonly paths: readonly string[]
}

export interface ScoreOptions {
  readonly metrics: MetricOptions
  /** External prior; the population's own where undefined. */
  readonly prior?: PriorCounts | undefined
  readonly records: RecordOptions
  /** How agreement with ground truth is measured; not at all where undefined. */
  readonly truth?: TruthOptions | undefined
  /** What becomes of bad records; the first ends the run where undefined. */
  readonly bad?: BadRecordPolicy | undefined
  /** How models are read out; not at all where undefined. */
  readonly readout?: ReadoutOptions | undefined
  /** What noise is made of; where undefined, the usual nulls, or as many of them as a state has that is gone on from. */
  readonly nulls?: NullOptions | undefined
  /** Settings scored beside the one of `metrics`. */
  readonly sweep?: SweepOptions | undefined
  /** External priors for every k of the sweep but that of `prior`. */
  readonly sweepPriors?: readonly PriorCounts[] | undefined
  /** How many of the records are scored; all of them where undefined. */
  readonly thin?: Thinning | undefined
  /** Format of the state; the present one where undefined. */
  readonly format?: StateFormat | undefined
}

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
  /** Populations scored at the same time over the same pool; one where undefined. */
  readonly populations?: number | undefined
}

export interface ScoreReport extends Omit<FoldReport, 'interim'> {
  /** A pass begins over so many bytes; 0 where they are not known. */
  pass?(what: 'radii' | 'scores', bytes: number): void
  /** Further data has moved a global cut, so that the second pass begins anew. */
  cutMoved?(): void
  /** A checkpoint of an earlier format is gone on from, which has no nulls. */
  earlierFormat?(): void
  interim?(scores: readonly ModelScore[]): void
  /** What the run needs, about, before anything is read. */
  memory?(estimate: MemoryEstimate): void
}

/** What came of scoring a population: its scores where all of it is covered, and the state either way. */
export interface PopulationScores {
  readonly scores: readonly ModelScore[] | undefined
  /** Bad records, where they were let through and all of the population is covered. */
  readonly bad: BadRecords | undefined
  readonly inputs: readonly OpenedInput[]
  readonly folded: Folded
}

/** What one or more opened inputs are as a whole. */
export interface OpenedPopulation {
  readonly inputs: readonly OpenedInput[]
  readonly ids: IdOrigin
}

/** Opens each input of a population once, to learn its batches and check its columns. */
export async function openPopulation(
  population: Population,
  records: RecordOptions,
): Promise<OpenedPopulation> {
  const { model, paths } = population
  const names = inputNames(paths)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw new DataError('usage', `model ${model} names ${twice} twice; name each file once`)
  const { prefixes, origin } = rowIds(names)
  const inputs: OpenedInput[] = []
  let ids: IdOrigin = 'column'
  for (const [i, path] of paths.entries()) {
    const name = names[i]
    const idPrefix = prefixes[i]
    if (path === '-') {
      inputs.push({ name, path, idPrefix, batches: undefined, fingerprint: undefined })
      continue
    }
    const columns = await openColumns(path, records)
    try {
      if (findLayout(columns, records, 'maps').id === undefined) ids = origin
      await filterOf(columns, records)
      scalarColumns(columns, records.extra ?? [])
      inputs.push({
        name,
        path,
        idPrefix,
        batches: columns.batches,
        fingerprint: await columns.fingerprint(),
      })
    } finally {
      await columns.close()
    }
  }
  return { inputs, ids }
}

/** What leads row numbers in the ids of files that have none, by name of the file, and what such ids are made of. */
export function rowIds(names: readonly string[]): { prefixes: string[]; origin: IdOrigin } {
  if (names.length === 1) return { prefixes: [''], origin: 'row' }
  const files = names.map(name => basename(name))
  return new Set(files).size === files.length
    ? { prefixes: files.map(file => `${file}:`), origin: 'file and row' }
    : { prefixes: names.map(name => `${name}:`), origin: 'path and row' }
}

/** The deepest folder that holds all of the files of this machine. */
export function commonFolder(paths: readonly string[]): string {
  const folders = paths
    .filter(path => path !== '-' && !isRemote(path))
    .map(path => dirname(resolve(path)).split(sep))
  const [first = [], ...others] = folders
  let common = 0
  while (common < first.length && others.every(folder => folder[common] === first[common])) common++
  return first.slice(0, common).join(sep) || sep
}

/**
 * Paths relative to the deepest folder that holds all of the files, with `/`, and addresses without what may be secret:
 * what checkpoints and plans call them.
 */
export function inputNames(paths: readonly string[]): string[] {
  const folder = commonFolder(paths)
  return paths.map(path => {
    if (path === '-' || isRemote(path)) return shownPath(path)
    return relative(folder, resolve(path)).split(sep).join('/')
  })
}

/**
 * Scores a population: one pass over its files, or two where a global threshold can be exact.
 *
 * Errors: those of reading and of `scoreModel`; `usage`, for a checkpoint of a pipe; `mismatch`, for one of other
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
  if (run.untilSe !== undefined) refuseUntilSe(piped, options, run)
  const statistics = statisticsOptions(options)
  const screen = screenOf(options.bad, inputs)
  const { report = {} } = run
  const shape = { ...runShape(options, inputs), lanes: pool.size, populations: run.populations }
  const memory = assertWithinMemory(shape, run.memoryLimit ?? Number.POSITIVE_INFINITY)
  report.memory?.(memory)
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
      rounds:
        run.untilSe === undefined
          ? undefined
          : { tasks: cutRounds(inputs), enough: isEnough(population.model, options, run.untilSe) },
      version: VERSION,
      notes: scoringNotes(options),
      interimMs: spec.kind === 'radii' ? undefined : run.interimMs,
      report: {
        ...report,
        interim: result =>
          report.interim?.(modelScores(population.model, result as Statistics, options, true)),
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
      if (!radii.complete) return { scores: undefined, bad: undefined, inputs, folded: radii }
      cuts = cutsOfRadii(options, radii.checkpoint)
      unsaved = radii.unsaved
    }
  }
  const last = await pass({ kind: 'statistics', cuts }, run.checkpoint)
  const folded = { ...last, unsaved: last.unsaved ?? unsaved }
  if (!folded.complete && (run.untilSe === undefined || pool.isStopped)) {
    return { scores: undefined, bad: undefined, inputs, folded }
  }
  const passed = folded.result() as Statistics
  const { records } = folded.checkpoint
  const scores = scoresOf(population.model, options, passed, records)
  return {
    scores: run.untilSe === undefined ? scores : readUntil(scores, records, inputs, run.untilSe),
    bad: passed.bad,
    inputs,
    folded,
  }
}

/** Errors: `usage`, where a run cannot stop early. */
function refuseUntilSe(
  piped: boolean,
  { metrics }: ScoreOptions,
  { untilSe = 0, checkpoint }: ScoreRun,
): void {
  if (!(untilSe > 0)) throw new DataError('usage', `--until-se is ${untilSe}, expected nats above 0`)
  const against = piped
    ? 'a pipe, whose records come in an order of their own'
    : metrics.angular.threshold.kind === 'global'
      ? 'a global threshold, which takes all records to find'
      : checkpoint === undefined
        ? undefined
        : '--checkpoint'
  if (against !== undefined)
    throw new DataError('usage', `--until-se does not go with ${against}; leave one out`)
}

/** Whether the standard errors of both KLDs of every model so far are there, and small enough. */
function isEnough(model: string, options: ScoreOptions, untilSe: number) {
  const small = (se: number | null) => se !== null && se <= untilSe
  return (result: unknown): boolean => {
    try {
      const scores = modelScores(model, result as Statistics, options)
      return scores.every(({ kmer, angular }) => small(kmer.se_nats) && small(angular.se_nats))
    } catch (error) {
      // A model that cannot be scored so far may be later on; if not, the end of the run says why.
      if (error instanceof DataError) return false
      throw error
    }
  }
}

function readUntil(
  scores: readonly ModelScore[],
  records: number,
  inputs: readonly OpenedInput[],
  untilSe: number,
): ModelScore[] {
  let of = 0
  for (const { batches = [] } of inputs) for (const { rows } of batches) of += rows
  const read = { records, of, until_se_nats: untilSe }
  const warning =
    records < of
      ? `stopped after ${records} of ${of} records, where no KLD has a standard error above ${untilSe}`
      : `all ${of} records were read`
  return scores.map(score => ({ ...score, read, warnings: [...score.warnings, warning] }))
}

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

/** Format of a state of `score`: one of attrstream 0.1 does not tell it. */
function formatOf({ notes }: Checkpoint): StateFormat {
  return (notes as { readonly format?: StateFormat } | null)?.format ?? 1
}

/** The options asked for; those of format 1 where a checkpoint of that is gone on from and no nulls are asked for. */
async function optionsToGoOn(asked: ScoreOptions, { checkpoint, report }: ScoreRun): Promise<ScoreOptions> {
  if (checkpoint === undefined || checkpoint.restart || asked.nulls !== undefined) return asked
  const { loadCheckpoint } = await import('../engine/checkpoint-file.js')
  const found = (await loadCheckpoint(checkpoint.path)) ?? (await loadCheckpoint(`${checkpoint.path}.radii`))
  if (found === undefined || formatOf(found) !== 1) return asked
  report?.earlierFormat?.()
  return { ...asked, nulls: NO_NULLS, format: 1 }
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
  const { loadCheckpoint } = await import('../engine/checkpoint-file.js')
  const found = restart ? undefined : await loadCheckpoint(path)
  if (found === undefined || found.plan !== null) return false
  const { accumulator } = await makePass(recipe)
  const differences = jsonDifferences(found.params, accumulator.params)
  if (found.pipeline !== accumulator.name || differences.length === 0) return false
  if (!differences.every(({ path: at }) => /(^|\.)(bracket|cuts|otherCuts)(\.|$)/.test(at))) return false
  assertSameData(found, population.model, inputs, path)
  return true
}

type Statistics = PassResult<ReadonlyMap<string, PopulationStatistics>>

/** Brackets of the global cuts, by model, from the state of the first pass. */
export function cutsOfRadii(options: ScoreOptions, radii: Checkpoint): PassSpec['cuts'] {
  const { threshold } = options.metrics.angular
  if (threshold.kind !== 'global') return null
  const accumulator = radiiPass(statisticsOptions(options), screenSpec(options))
  const { result: histograms } = accumulator.result(accumulator.load(radii.arrays))
  return [...histograms].flatMap(([model, radii]) =>
    modelCuts(model, radii, topOf(statisticsOptions(options))),
  )
}

/** The scores that a state of the scoring pass holds. */
export function finishScores(
  model: string,
  options: ScoreOptions,
  cuts: PassSpec['cuts'],
  checkpoint: Checkpoint,
): ModelScore[] {
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return scoresOf(model, options, accumulator.result(accumulator.load(checkpoint.arrays)), checkpoint.records)
}

function scoresOf(model: string, options: ScoreOptions, passed: Statistics, records: number): ModelScore[] {
  if (passed.bad !== undefined) refuseTooMany(passed.bad, records, options.bad)
  const filter = filterScore(passed, options, records)
  const scores = modelScores(model, passed, options)
  return filter === undefined ? scores : scores.map(score => withFilter(score, filter))
}

/** What a filter left out of so many records, all models together. Error: `empty`, where that is all of them. */
function filterScore(
  { result, bad }: Statistics,
  { records: { where } }: ScoreOptions,
  records: number,
): ModelFilter | undefined {
  if (where === undefined) return undefined
  let kept = bad?.total ?? 0
  for (const { tally } of result.values()) kept += tally.records
  if (kept > 0) return { where, leftOut: records - kept }
  throw new DataError('empty', `--where ${where} keeps none of ${records} records; name what is there`)
}

function screenSpec({ bad }: ScoreOptions): ScreenSpec | undefined {
  return bad && { places: bad.kind === 'quarantine' }
}

/** The bad records that a state of the scoring pass holds; undefined where they were not let through. */
export function badRecordsOf(options: ScoreOptions, cuts: PassSpec['cuts'], { arrays }: Checkpoint) {
  if (options.bad === undefined) return undefined
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  return accumulator.result(accumulator.load(arrays)).bad
}

function modelScores(
  model: string,
  { result, bad }: Statistics,
  options: ScoreOptions,
  brief = false,
): ModelScore[] {
  const { byModel } = statisticsOptions(options)
  const hopeless = bad?.models().find(key => key !== '' && !result.has(key))
  if (hopeless !== undefined) throw noRecords(hopeless, bad?.by(hopeless))
  if (result.size === 0) throw noRecords(model, bad?.by())
  const nobodys = byModel ? bad?.by('') : undefined
  return [...result].map(([key, of]) =>
    scoreModel(
      byModel ? key : model,
      { ...of, bad: byModel ? bad?.by(key) : bad?.by(), nobodys },
      { ...options, brief },
    ),
  )
}

export function statisticsOptions(options: ScoreOptions): StatisticsOptions {
  const {
    metrics,
    prior,
    records,
    truth,
    readout,
    thin,
    sweep,
    nulls = DEFAULT_NULLS,
    format = STATE_FORMAT,
  } = options
  return {
    metrics,
    nulls,
    ...(thin === undefined ? {} : { fraction: thin.fraction }),
    ...(sweep === undefined ? {} : { sweep }),
    populationPrior: prior === undefined,
    byModel: records.columns?.model !== undefined,
    ...(truth === undefined ? {} : { truth: { score: truth.score } }),
    ...(readout === undefined ? {} : { readout: true }),
    format,
  }
}

/** What a state keeps beside the arrays, so that it can be finished by itself. */
export function scoringNotes(options: ScoreOptions): Json {
  const {
    metrics,
    prior,
    records,
    truth,
    bad,
    readout,
    thin,
    sweep,
    sweepPriors,
    nulls = DEFAULT_NULLS,
    format = STATE_FORMAT,
  } = options
  const plain = ({ name, k, counts }: PriorCounts) => ({ name, k, counts: Array.from(counts) })
  return {
    metrics,
    prior: prior === undefined ? null : plain(prior),
    byModel: records.columns?.model !== undefined,
    ...(truth && { truth }),
    ...(readout && { readout: { fold: readout.fold } }),
    ...(bad && { bad: bad.kind }),
    ...(thin && { thin }),
    ...(sweep && { sweep }),
    ...(sweepPriors && { sweepPriors: sweepPriors.map(plain) }),
    ...(format === 1 ? {} : { nulls, format }),
  } as unknown as Json
}

function totalBytes(inputs: readonly OpenedInput[]): number {
  let total = 0
  for (const { batches = [] } of inputs) for (const { bytes } of batches) total += bytes
  return total
}
