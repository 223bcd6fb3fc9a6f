import { join, relative, resolve, sep } from 'node:path'
import { hashFiles } from '../io/hash-files.js'
import { isPiped, sizeOf } from '../io/open.js'
import { placeTexts } from '../io/file-stamps.js'
import { type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { isRemote, shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { makePlan, type Plan } from '../engine/plan.js'
import type { OpenedInput } from '../engine/fold-options.js'
import { type MaxBad, screenOf } from './bad-record-policy.js'
import { cutsOfRadii } from './scores-of-pass.js'
import { type IdOrigin, type PassSpec, passRecipe } from './pass.js'
import { commonFolder, openPopulation, type Population } from './population.js'
import { type ScoreOptions, statisticsOptions } from './score-options.js'
import { optionsOfNotes, type ScoringNotes, scoringNotes } from './stored-options.js'
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

/** A plan over the batches of a population, each input told of once it is opened. Errors: `usage`, for a pipe or a wrong number of shards. */
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
  const folder = commonFolder(population.paths)
  const records = withSidePaths(options.records, path =>
    isRemote(path) ? shownPath(path) : relative(folder, resolve(path)).split(sep).join('/'),
  )
  const thin = resolveThinning(options.thin, inputs)
  const params = { ...(scoringNotes({ ...options, thin }) as object), records, ids }
  return makePlan({
    shards,
    population: population.model,
    params: JSON.parse(JSON.stringify(params)) as Json,
    inputs: await Promise.all(
      inputs.map(async ({ name, path, batches = [], fingerprint = '', stamp, files = [] }) => ({
        name,
        size: (await sizeOf(path)) ?? 0,
        fingerprint,
        batches,
        ...(stamp !== undefined && hashed ? { content: await hashFiles(files.map(file => file.path)) } : {}),
        ...(stamp === undefined ? {} : { planned: { places: await placeTexts(files), stamp } }),
      })),
    ),
  })
}

/** Where a file of a plan is: an address is itself. */
export function pathOf(root: string, name: string): string {
  return isRemote(name) ? name : join(root, ...name.split('/'))
}

export function paramsOf(plan: Plan): PlanParams {
  return plan.params as unknown as PlanParams
}

/** A plan whose files beside the maps are where its inputs are; they are planned relative to these. */
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
  return paramsOf(plan).metrics.angular.threshold.kind === 'global'
}

/** The recipe of one pass over a plan. Errors: `usage`, for a scoring pass without the radii that it needs. */
export function recipeOf(plan: Plan, kind: PassKind, radii: Checkpoint | undefined, max?: MaxBad) {
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
