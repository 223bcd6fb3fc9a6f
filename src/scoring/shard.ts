import { hashFiles } from '../io/hash-files.js'
import { sizeOf } from '../io/open.js'
import { placeTexts } from '../io/file-stamps.js'
import { DataError } from '../core/errors.js'
import type { Range } from '../core/types.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { foldPopulation } from '../engine/fold.js'
import { type Plan, type PlanInput, shardOf } from '../engine/plan.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import type { Every, Folded, FoldReport, OpenedInput } from '../engine/fold-options.js'
import { VERSION } from '../version.js'
import type { MaxBad } from './bad-record-policy.js'
import { openPopulation, rowIds } from './population.js'
import { type PassKind, SCORE_JOB, type ShardJob, locate, paramsOf, pathOf } from './shard-plan.js'

export interface ShardRun {
  /** That of the plan; `score` by default. */
  readonly job?: ShardJob | undefined
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
export async function foldShard(pool: WorkerPool, planned: Plan, run: ShardRun): Promise<Folded> {
  const plan = locate(planned, run.root)
  const units = shardOf(plan, run.index)
  const part = new Map<string, Range[]>()
  for (const { input, range } of units) {
    const { name } = plan.inputs[input]
    part.set(name, [...(part.get(name) ?? []), range])
  }
  const inputs: OpenedInput[] = []
  const { prefixes } = rowIds(plan.inputs.map(({ name }) => name))
  for (const planned of plan.inputs.filter(input => part.has(input.name))) {
    const { name, size, fingerprint, batches } = planned
    const path = pathOf(run.root, name)
    const { inputs: opened } = await openPopulation(
      { model: plan.population, paths: [path] },
      paramsOf(plan).records,
    )
    if (opened[0].fingerprint !== fingerprint || opened[0].batches?.length !== batches.length) {
      throw new DataError(
        'mismatch',
        `is not the file of the plan: ${await sizeOf(path)} bytes with fingerprint ${opened[0].fingerprint}, expected ${size} bytes with ${fingerprint}; make the plan again`,
        { file: path },
      )
    }
    if (!(await isAsPlanned(opened[0], planned))) {
      throw new DataError('mismatch', 'has been modified since it was planned; make the plan again', {
        file: path,
      })
    }
    inputs.push({
      ...opened[0],
      name,
      idPrefix: prefixes[plan.inputs.findIndex(input => input.name === name)],
    })
  }
  const { job = SCORE_JOB } = run
  await job.assertFits(plan, inputs, pool.size, run.memoryLimit ?? Number.POSITIVE_INFINITY)
  return foldPopulation(pool, {
    recipe: job.recipe(plan, run.kind, run.radii, run.max).recipe,
    population: plan.population,
    inputs,
    shard: { plan: plan.id, index: run.index, of: plan.shards, part },
    checkpoint: run.checkpoint,
    version: VERSION,
    report: run.report,
  })
}

/**
 * Whether a file whose fingerprint, of samples, is that of the plan is the file of the plan. One that was not touched since is; of
 * any other every byte is compared, where the plan has a hash of them; without, a copy is taken for the same, and what lies in the
 * file's own place for another.
 */
async function isAsPlanned(
  { stamp, files = [] }: OpenedInput,
  { planned, content }: PlanInput,
): Promise<boolean> {
  if (stamp === undefined || stamp === planned?.stamp) return true
  if (content !== undefined) return (await hashFiles(files.map(({ path }) => path))) === content
  const places = await placeTexts(files)
  return planned === undefined || !places.some(place => planned.places.includes(place))
}

/** Paths of the files that a shard reads. */
export function shardPaths(plan: Plan, index: number, root: string): string[] {
  return shardOf(plan, index).map(({ input }) => pathOf(root, plan.inputs[input].name))
}

/** Bytes that a shard has to read. */
export function shardBytes(plan: Plan, index: number): number {
  let bytes = 0
  for (const { input, range } of shardOf(plan, index)) {
    bytes += plan.inputs[input].batches.held(range).bytes
  }
  return bytes
}
