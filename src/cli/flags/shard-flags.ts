import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Every } from '../../engine/fold-options.js'
import type { MaxBad } from '../../scoring/bad-record-policy.js'
import type { PassKind } from '../../scoring/shard-plan.js'
import { type BadRecordFlags, maxBadOf } from './bad-record-flags.js'
import { everyOf, memoryLimitOf, type RunFlags } from './run-flags.js'

const S = 'Shards:'

/** Options for one shard of a plan, which has all others. */
export const SHARD_FLAGS = {
  plan: { string: true, group: S, describe: 'plan that the shard belongs to; it holds all options' },
  shard: { string: true, group: S, describe: 'shard i of n, as i/n; i starts at 0' },
  state: { string: true, group: S, describe: 'file to write the state of the shard to' },
  root: {
    string: true,
    group: S,
    describe: 'folder of the files in the plan (default: where they were when it was made)',
  },
  pass: {
    choices: ['radii', 'statistics'] as const,
    group: S,
    describe: 'pass to run: radii is the first pass of a global threshold (default: statistics)',
  },
  radii: { string: true, group: S, describe: 'merged state of the radii pass, for a global threshold' },
  'checkpoint-dir': {
    string: true,
    group: S,
    describe: 'folder for the checkpoint (default: that of the state)',
  },
} as const

/** What one shard is folded by. */
export interface ShardOptions {
  readonly plan: string
  readonly shard: string
  readonly state: string
  readonly root?: string | undefined
  readonly pass?: PassKind | undefined
  readonly radii?: string | undefined
  readonly checkpointDir?: string | undefined
  readonly every: Every
  readonly max?: MaxBad | undefined
  readonly workers?: number | undefined
  readonly restart: boolean
  readonly memoryLimit?: number | undefined
}

export type ShardFlags = InferredOptionTypes<typeof SHARD_FLAGS>

/** Options of score, of which a shard takes some and refuses others. */
type Given = ShardFlags & RunFlags & BadRecordFlags & { inputs?: string[]; untilSe?: number | undefined }

/** Errors: `usage`, for a plan without a shard or a state, or with inputs of its own. */
export function shardOptionsOf(flags: Given): ShardOptions {
  const { plan, shard, state } = flags
  if (plan === undefined || shard === undefined || state === undefined) {
    throw new DataError('usage', '--plan, --shard and --state go together; give all three')
  }
  if (flags.inputs !== undefined && flags.inputs.length > 0) {
    throw new DataError('usage', `the plan names the inputs; leave ${flags.inputs[0]} out`)
  }
  if (flags.untilSe !== undefined) {
    throw new DataError('usage', '--until-se cannot be used with shards')
  }
  if (flags['on-bad'] !== undefined || flags.quarantine !== undefined) {
    throw new DataError('usage', '--on-bad is set in the plan; give it to plan, and --quarantine to merge')
  }
  const { root, pass, radii, workers, restart } = flags
  return {
    plan,
    shard,
    state,
    root,
    pass,
    radii,
    checkpointDir: flags['checkpoint-dir'],
    workers,
    restart,
    max: maxBadOf(flags['max-bad']),
    memoryLimit: memoryLimitOf(flags['memory-limit']),
    every: everyOf(flags.every),
  }
}
