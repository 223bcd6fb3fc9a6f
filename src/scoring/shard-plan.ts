import { join, relative, resolve, sep } from 'node:path'
import { hashFiles } from '../io/hash-files.js'
import { isPiped, sizeOf } from '../io/open.js'
import { placeTexts } from '../io/file-stamps.js'
import { type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { isRemote, shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { makePlan, type Plan, type PlanParts } from '../engine/plan.js'
import type { OpenedInput } from '../engine/fold-options.js'
import { type MaxBad, screenOf } from './bad-record-policy.js'
import { cutsOfRadii } from './scores-of-pass.js'
import { type PassSpec, passRecipe } from './pass.js'
import { commonFolder, type IdOrigin, openPopulation, type Population } from './population.js'
import { type ScoreOptions, statisticsOptions } from './score-options.js'
import { optionsOfNotes, type ScoringNotes, scoringNotes } from './stored-options.js'
import { assertWithinMemory } from './memory-limit.js'
import type { PassRecipe } from '../engine/workers/local-worker.js'
import { runShape } from './score.js'
import { resolveThinning } from '../metrics/thinning.js'

/** The passes that a plan needs, in order: radii first where its threshold is global. */
export type PassKind = PassSpec['kind']

/** What a plan keeps of the options, as plain data. */
interface PlanParams extends ScoringNotes {
  readonly records: RecordOptions
  readonly ids: IdOrigin
}

/** How a plan is made. */
export interface Planning {
  readonly onOpened?: (input: OpenedInput) => void
  /** Whether it gets a hash of every byte of files whose fingerprints are of samples. */
  readonly hashed?: boolean
}

/** A plan over the batches of a population, each input reported once it is opened. Errors: `usage`, for a pipe or a wrong number of shards. */
export async function planPopulation(
  population: Population,
  options: ScoreOptions,
  shards: number,
  { onOpened, hashed = false }: Planning = {},
): Promise<Plan> {
  if (population.paths.some(isPiped)) {
    throw new DataError('usage', 'a pipe cannot be cut into shards; plan files')
  }
  const { inputs, ids } = await openPopulation(population, options.records, onOpened)
  const records = planRecords(options.records, population.paths)
  const thin = resolveThinning(options.thin, inputs)
  const params = { ...(scoringNotes({ ...options, thin }) as object), records, ids }
  return makePlan({
    shards,
    population: population.model,
    params: JSON.parse(JSON.stringify(params)) as Json,
    inputs: await planInputs(inputs, hashed),
  })
}

/** Inputs as a plan has them. `hashed`: with a hash of every byte. */
export function planInputs(inputs: readonly OpenedInput[], hashed: boolean): Promise<PlanParts['inputs']> {
  return Promise.all(
    inputs.map(async ({ name, path, batches = [], fingerprint = '', stamp, files = [] }) => ({
      name,
      size: (await sizeOf(path)) ?? 0,
      fingerprint,
      batches,
      ...(stamp !== undefined && hashed ? { content: await hashFiles(files.map(file => file.path)) } : {}),
      ...(stamp === undefined ? {} : { planned: { places: await placeTexts(files), stamp } }),
    })),
  )
}

/** How records are read, with the files that accompany the maps relative to the folder of the inputs. */
export function planRecords(options: RecordOptions, paths: readonly string[]): RecordOptions {
  const folder = commonFolder(paths)
  return withSidePaths(options, path =>
    isRemote(path) ? shownPath(path) : relative(folder, resolve(path)).split(sep).join('/'),
  )
}

/** Where a file of a plan is: an address is itself. */
export function pathOf(root: string, name: string): string {
  return isRemote(name) ? name : join(root, ...name.split('/'))
}

export function paramsOf(plan: Plan): PlanParams {
  return plan.params as unknown as PlanParams
}

/** A plan whose accompanying files are where its inputs are; they are planned relative to these. */
export function locate(plan: Plan, root: string): Plan {
  const params = paramsOf(plan)
  const records = withSidePaths(params.records, path => pathOf(root, path))
  return { ...plan, params: { ...params, records } as unknown as Json }
}

/** The options that a plan was made with; how many bad records are too many is not among them. */
export function optionsOfPlan(plan: Plan, max?: MaxBad): ScoreOptions {
  const params = paramsOf(plan)
  return optionsOfNotes(params, params.records, max)
}

/** Whether a plan's shards need the merged radii of a first pass. */
export function needsRadii(plan: Plan): boolean {
  const { metrics } = paramsOf(plan) as Partial<PlanParams>
  return metrics?.angular.threshold.kind === 'global'
}

/** How shards of a plan are folded and merged: a plan is of `score` or of another pipeline. */
export interface ShardJob {
  readonly recipe: (
    plan: Plan,
    kind: PassKind,
    radii: Checkpoint | undefined,
    max?: MaxBad,
  ) => { readonly cuts: PassSpec['cuts']; readonly recipe: PassRecipe }
  /** Error: `usage`, for a shard that needs more bytes of memory than the limit. */
  readonly assertFits: (
    plan: Plan,
    inputs: readonly OpenedInput[],
    workers: number,
    limit: number,
  ) => Promise<void>
}

/** The job of a plan of `score`. */
export const SCORE_JOB: ShardJob = {
  recipe: recipeOf,
  async assertFits(plan, inputs, workers, limit) {
    assertWithinMemory({ ...runShape(optionsOfPlan(plan), inputs), workers }, limit)
  },
}

/** The recipe of one pass over a plan. Errors: `usage`, for a scoring pass without the radii that it needs. */
export function recipeOf(plan: Plan, kind: PassKind, radii: Checkpoint | undefined, max?: MaxBad) {
  const options = optionsOfPlan(plan, max)
  if (kind === 'statistics' && needsRadii(plan) && radii === undefined) {
    throw new DataError(
      'usage',
      'the plan has a global threshold, which a first pass must find: run the shards with --pass radii, merge them, and give --radii',
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
