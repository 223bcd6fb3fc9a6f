import { DataError } from '../core/errors.js'
import { assertCompatible, type Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { makePass } from '../engine/workers/local-worker.js'
import { type Plan, shardOf } from '../engine/plan.js'
import { countBatches, subtract, union } from '../engine/checkpoints/ranges.js'
import { type PassKind, SCORE_JOB, type ShardJob } from './shard-plan.js'

/** Merged radii must be of the plan and cover all of it. Errors: `mismatch`, `missing`. */
export async function assertCompleteRadii(plan: Plan, radii: Checkpoint, file: string): Promise<void> {
  await assertOfPlan(plan, 'radii', undefined, radii, file)
  const missing = missingShards(plan, radii)
  if (missing.length > 0) throw missingError(missing, plan, file)
}

/** Errors: `mismatch`, for a state of another plan, other options or another pass. */
export async function assertOfPlan(
  plan: Plan,
  kind: PassKind,
  radii: Checkpoint | undefined,
  state: Checkpoint,
  file: string,
  job: ShardJob = SCORE_JOB,
): Promise<void> {
  const { accumulator } = await makePass(job.recipe(plan, kind, radii).recipe)
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
    `shards ${named} of ${plan.shards} are missing; run them, or use --partial`,
    file === undefined ? {} : { file },
  )
}

/** Batches that a state covers. */
export function coveredBatches(state: Checkpoint): number {
  return state.inputs.reduce((batches, { covered }) => batches + countBatches(covered), 0)
}
