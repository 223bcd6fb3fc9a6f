import type { ArgumentsCamelCase } from 'yargs'
import { type BadRecordFlags, MAX_BAD_FLAGS } from '../flags/bad-record-flags.js'
import { type RunFlags, withRunFlags } from '../flags/run-flags.js'
import { SHARD_FLAGS, type ShardFlags, shardOptionsOf } from '../flags/shard-flags.js'
import type { Command } from '../job/command.js'
import { runJob } from '../job/job.js'
import { scoreShard } from './shard.js'

type Flags = ShardFlags & RunFlags & BadRecordFlags

export const shardCommand: Command<Flags> = {
  builder: yargs =>
    withRunFlags(yargs.options(SHARD_FLAGS).options(MAX_BAD_FLAGS)).example(
      '$0 shard --plan plan.json --shard 3/64 --state states/3.state',
      'one shard, on any machine',
    ),
  handler: shard,
}

/** `attrstream shard`: one shard of a plan, of `score` or of any pipeline, as a state. */
function shard(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: false }, (monitor, stop) =>
    scoreShard(shardOptionsOf(flags), monitor, stop),
  )
}
