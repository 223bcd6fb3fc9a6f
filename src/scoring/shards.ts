import { join, relative, resolve, sep } from 'node:path'
import { type RecordOptions, withSidePaths } from '../columns/records.js'
import { sizeOf } from '../columns/bytes.js'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { AnyAccumulator, Json, Range } from '../core/types.js'
import { assertCompatible, type Checkpoint, mergeCovered } from '../engine/checkpoint.js'
import { foldPopulation } from '../engine/fold-population.js'
import type { Every, Folded, FoldReport, OpenedInput } from '../engine/population-fold.js'
import { makePass } from '../engine/lane.js'
import { makePlan, type Plan, shardOf } from '../engine/plan.js'
import type { LanePool } from '../engine/pool.js'
import { count, subtract, union } from '../engine/ranges.js'
import { VERSION } from '../version.js'
import type { PriorCounts } from './kmer-score.js'
import { assertWithinMemory } from './memory-limit.js'
import { NO_NULLS, type NullOptions } from './nulls.js'
import type { MetricOptions } from './options.js'
import { type IdOrigin, type PassSpec, passRecipe } from './pass.js'
import { type BadRecordPolicy, type MaxBad, screenOf } from './bad-record-policy.js'
import type { Quarantine } from './quarantine.js'
import { badRecordsOf, cutsOfRadii, finishScores } from './finish.js'
import { commonFolder, openPopulation, type Population, rowIds } from './population.js'
import { runShape } from './score.js'
import { type ScoreOptions, scoringNotes, statisticsOptions } from './score-options.js'
import type { ReadoutOptions } from './readout.js'
import type { ModelScore } from './scores.js'
import type { TruthOptions } from './truth-score.js'
import type { StateFormat } from './population-statistics.js'
import type { SweepOptions } from './sweep-options.js'
import { resolveThinning, type Thinning } from './thinning.js'

/** The passes that a plan needs, in order: radii first where its threshold is global. */
export type PassKind = PassSpec['kind']

/** What a plan keeps of the options, as plain data. */
interface PlanParams {
  /** What becomes of bad records; absent where the first ends the run. */
  readonly bad?: BadRecordPolicy['kind']
  readonly metrics: MetricOptions
  readonly prior: PriorCounts | null
  readonly records: RecordOptions
  readonly ids: IdOrigin
  readonly truth?: TruthOptions
  readonly readout?: Pick<ReadoutOptions, 'fold'>
  /** Plans of attrstream 0.1 have neither: their states are of format 1, without nulls. */
  readonly nulls?: NullOptions
  readonly thin?: Thinning
  readonly sweep?: SweepOptions
  readonly sweepPriors?: readonly PriorCounts[]
  readonly format?: StateFormat
}

/** A plan over the batches of a population. Errors: `usage`, for a pipe or a wrong number of shards. */
export async function planPopulation(
  population: Population,
  options: ScoreOptions,
  shards: number,
): Promise<Plan> {
  if (population.paths.includes('-')) {
    throw new DataError('usage', 'a pipe cannot be cut into shards; plan files')
  }
  const { inputs, ids } = await openPopulation(population, options.records)
  const folder = commonFolder(population.paths)
  const records = withSidePaths(options.records, path =>
    isRemote(path) ? path : relative(folder, resolve(path)).split(sep).join('/'),
  )
  const thin = resolveThinning(options.thin, inputs)
  const params = { ...(scoringNotes({ ...options, thin }) as object), records, ids }
  return makePlan({
    shards,
    population: population.model,
    params: JSON.parse(JSON.stringify(params)) as Json,
    inputs: await Promise.all(
      inputs.map(async ({ name, path, batches = [], fingerprint = '' }) => ({
        name,
        size: (await sizeOf(path)) ?? 0,
        fingerprint,
        batches,
      })),
    ),
  })
}

/** Where a file of a plan is: an address is itself. */
function pathOf(root: string, name: string): string {
  return isRemote(name) ? name : join(root, ...name.split('/'))
}

function paramsOf(plan: Plan): PlanParams {
  return plan.params as unknown as PlanParams
}

/** A plan whose files beside the maps are where its inputs are; they are planned relative to these. */
function locate(plan: Plan, root: string): Plan {
  const params = paramsOf(plan)
  const records = withSidePaths(params.records, path => pathOf(root, path))
  return { ...plan, params: { ...params, records } as unknown as Json }
}

/** The options that a plan was made with; how many bad records are too many is not among them. */
export function optionsOfPlan(plan: Plan, max?: MaxBad): ScoreOptions {
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
    nulls = NO_NULLS,
    format = 1,
  } = paramsOf(plan)
  return {
    metrics,
    prior: prior ?? undefined,
    records,
    truth,
    bad: bad && { kind: bad, max },
    readout,
    thin,
    sweep,
    sweepPriors,
    nulls,
    format,
  }
}

/** Whether a plan's shards need the merged radii of a first pass. */
export function needsRadii(plan: Plan): boolean {
  return paramsOf(plan).metrics.angular.threshold.kind === 'global'
}

/** The recipe of one pass over a plan. Errors: `usage`, for a scoring pass without the radii that it needs. */
function recipeOf(plan: Plan, kind: PassKind, radii: Checkpoint | undefined, max?: MaxBad) {
  const options = optionsOfPlan(plan, max)
  if (kind === 'statistics' && needsRadii(plan) && radii === undefined) {
    throw new DataError(
      'usage',
      'the plan has a global threshold, whose cut a first pass must find: run the shards with --pass radii, merge them, and give --radii',
    )
  }
  const cuts = radii === undefined ? null : cutsOfRadii(options, radii)
  return {
    cuts,
    recipe: passRecipe(`${plan.id} ${kind}`, {
      kind,
      cuts: kind === 'radii' ? null : cuts,
      statistics: statisticsOptions(options),
      records: options.records,
      ids: paramsOf(plan).ids,
      screen: screenOf(options.bad, plan.inputs),
    }),
  }
}

/** Merged radii must be of the plan and cover all of it. Errors: `mismatch`, `missing`. */
export async function assertWholeRadii(plan: Plan, radii: Checkpoint, file: string): Promise<void> {
  await assertOfPlan(plan, 'radii', undefined, radii, file)
  const missing = missingShards(plan, radii)
  if (missing.length > 0) throw missingError(missing, plan, file)
}

export interface ShardRun {
  readonly root: string
  readonly index: number
  readonly kind: PassKind
  readonly radii: Checkpoint | undefined
  readonly max?: MaxBad | undefined
  readonly checkpoint: { readonly path: string; readonly every: Every; readonly restart: boolean }
  readonly report: FoldReport
  /** Most bytes of memory that it may need; without a limit where undefined. */
  readonly memoryLimit?: number | undefined
}

/** Folds one shard of a plan. Errors: those of reading; `mismatch`, for a file that is not the one planned. */
export async function foldShard(pool: LanePool, planned: Plan, run: ShardRun): Promise<Folded> {
  const plan = locate(planned, run.root)
  const units = shardOf(plan, run.index)
  const part = new Map<string, Range[]>()
  for (const { input, range } of units) {
    const { name } = plan.inputs[input]
    part.set(name, [...(part.get(name) ?? []), range])
  }
  const inputs: OpenedInput[] = []
  const { prefixes } = rowIds(plan.inputs.map(({ name }) => name))
  for (const { name, size, fingerprint, batches } of plan.inputs.filter(input => part.has(input.name))) {
    const path = pathOf(run.root, name)
    const { inputs: opened } = await openPopulation(
      { model: plan.population, paths: [path] },
      optionsOfPlan(plan).records,
    )
    if (opened[0].fingerprint !== fingerprint || opened[0].batches?.length !== batches.length) {
      throw new DataError(
        'mismatch',
        `is not the file of the plan: ${await sizeOf(path)} bytes with fingerprint ${opened[0].fingerprint}, expected ${size} bytes with ${fingerprint}; make the plan again`,
        { file: path },
      )
    }
    inputs.push({
      ...opened[0],
      name,
      idPrefix: prefixes[plan.inputs.findIndex(input => input.name === name)],
    })
  }
  const shape = { ...runShape(optionsOfPlan(plan), inputs), lanes: pool.size }
  assertWithinMemory(shape, run.memoryLimit ?? Number.POSITIVE_INFINITY)
  return foldPopulation(pool, {
    recipe: recipeOf(plan, run.kind, run.radii, run.max).recipe,
    population: plan.population,
    inputs,
    shard: { plan: plan.id, index: run.index, of: plan.shards, part },
    checkpoint: run.checkpoint,
    version: VERSION,
    report: run.report,
  })
}

/** Paths of the files that a shard reads. */
export function shardPaths(plan: Plan, index: number, root: string): string[] {
  return shardOf(plan, index).map(({ input }) => pathOf(root, plan.inputs[input].name))
}

/** Bytes that a shard has to read. */
export function shardBytes(plan: Plan, index: number): number {
  let bytes = 0
  for (const { input, range } of shardOf(plan, index)) {
    for (const batch of plan.inputs[input].batches.slice(range.start, range.end)) bytes += batch.bytes
  }
  return bytes
}

/** Whether a state is all of a shard. */
export function coversShard(plan: Plan, index: number, state: Checkpoint): boolean {
  return shardOf(plan, index).every(({ input, range }) => {
    const covered = state.inputs.find(({ name }) => name === plan.inputs[input].name)?.covered ?? []
    return subtract(range, covered).length === 0
  })
}

/** Numbers of the shards that a merged state lacks, in whole or in part. */
export function missingShards(plan: Plan, state: Checkpoint): number[] {
  const shards: number[] = []
  for (let i = 0; i < plan.shards; i++) if (!coversShard(plan, i, state)) shards.push(i)
  return shards
}

/** `2,5-7`, as job arrays take them; `shards` is sorted. */
export function listShards(shards: readonly number[]): string {
  return union(
    [],
    shards.map(shard => ({ start: shard, end: shard + 1 })),
  )
    .map(({ start, end }) => (end - start === 1 ? `${start}` : `${start}-${end - 1}`))
    .join(',')
}

/** The error for shards that are not there. */
export function missingError(shards: readonly number[], plan: Plan, file?: string): DataError {
  const named = listShards(shards)
  return new DataError(
    'missing',
    `shards ${named} of ${plan.shards} are missing; run them, or ask for --partial`,
    file === undefined ? {} : { file },
  )
}

/** Errors: `mismatch`, for a state of another plan, other options or another pass. */
export async function assertOfPlan(
  plan: Plan,
  kind: PassKind,
  radii: Checkpoint | undefined,
  state: Checkpoint,
  file: string,
): Promise<void> {
  const { accumulator } = await makePass(recipeOf(plan, kind, radii).recipe)
  try {
    assertCompatible(state, {
      pipeline: accumulator.name,
      params: accumulator.params,
      population: plan.population,
      plan: plan.id,
    })
  } catch (error) {
    throw error instanceof DataError ? error.at({ file }) : error
  }
}

/** States of a plan's shards, put together one at a time, in any order and any tree. */
export class Merger {
  private merged: Checkpoint | undefined
  private state: unknown

  private constructor(
    private readonly plan: Plan,
    private readonly kind: PassKind,
    private readonly radii: Checkpoint | undefined,
    private readonly accumulator: AnyAccumulator,
  ) {}

  static async of(plan: Plan, kind: PassKind, radii: Checkpoint | undefined): Promise<Merger> {
    const { accumulator } = await makePass(recipeOf(plan, kind, radii).recipe)
    return new Merger(plan, kind, radii, accumulator)
  }

  /** Adds a state. Errors: `mismatch`, for one of another plan or pass; `overlap`, for batches that are in already. */
  async add(state: Checkpoint, file: string): Promise<void> {
    await assertOfPlan(this.plan, this.kind, this.radii, state, file)
    if (this.merged === undefined) {
      this.merged = { ...state, shard: null, inputs: mergeCovered([], state.inputs), arrays: {} }
      this.state = this.accumulator.load(state.arrays)
      return
    }
    let inputs: Checkpoint['inputs']
    try {
      inputs = mergeCovered(this.merged.inputs, state.inputs)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      throw new DataError(error.code, `${error.where.file ?? ''} ${error.what}`.trim(), { file }, error)
    }
    this.merged = { ...this.merged, inputs, records: this.merged.records + state.records }
    this.accumulator.merge(this.state, this.accumulator.load(state.arrays))
  }

  /** All that was added, as one state; undefined before the first. */
  checkpoint(): Checkpoint | undefined {
    return this.merged && { ...this.merged, attrstream: VERSION, arrays: this.accumulator.save(this.state) }
  }

  /**
   * The scores of all that was added, read out with known motifs where the plan has a readout. Errors: `record`, for more bad
   * records than are let through; `usage`, for motifs without a readout.
   */
  scores(max?: MaxBad, motifs?: ReadoutOptions['motifs']): ModelScore[] {
    const { cuts } = recipeOf(this.plan, this.kind, this.radii)
    const options = optionsOfPlan(this.plan, max)
    if (motifs !== undefined && options.readout === undefined) {
      throw new DataError('usage', 'the plan has no readout to look motifs up in; plan with --readout')
    }
    const readout = options.readout && { ...options.readout, motifs }
    return finishScores(this.plan.population, { ...options, readout }, cuts, this.whole())
  }

  /** The bad records of all that was added, with the plan's files that hold some, opened below `root`. */
  async quarantine(root: string): Promise<Quarantine> {
    const { plan } = this
    const options = optionsOfPlan(plan)
    const { cuts } = recipeOf(plan, this.kind, this.radii)
    const bad = badRecordsOf(options, cuts, this.whole())
    if (bad === undefined || options.bad?.kind !== 'quarantine') {
      throw new DataError('usage', 'the plan keeps no places of bad records; plan with --on-bad quarantine')
    }
    const { prefixes } = rowIds(plan.inputs.map(({ name }) => name))
    const inputs = plan.inputs.map(({ name, fingerprint, batches }, i) => ({
      name,
      path: pathOf(root, name),
      idPrefix: prefixes[i],
      fingerprint,
      batches,
    }))
    const { records } = optionsOfPlan(locate(plan, root))
    return { bad, inputs, records, k: options.metrics.kmer.k, spool: undefined }
  }

  private whole(): Checkpoint {
    const checkpoint = this.checkpoint()
    if (checkpoint === undefined) throw missingError([...Array(this.plan.shards).keys()], this.plan)
    return checkpoint
  }
}

/** Batches that a state covers. */
export function coveredBatches(state: Checkpoint): number {
  return state.inputs.reduce((batches, { covered }) => batches + count(covered), 0)
}
