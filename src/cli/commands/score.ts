import type { ArgumentsCamelCase } from 'yargs'
import { BAD_RECORD_FLAGS } from '../flags/bad-record-flags.js'
import type { Command } from '../job/command.js'
import { runJob } from '../job/job.js'
import { withMetricFlags } from '../flags/metric-flags.js'
import { OUTPUT_FLAGS } from '../output/output.js'
import { MOTIF_FLAGS, READOUT_FLAGS } from '../flags/readout-flags.js'
import { withRecordFlags } from '../flags/record-flags.js'
import { withRunFlags } from '../flags/run-flags.js'
import { type ScoreFlags, scoreInputs } from './score-inputs.js'
import { SHARD_FLAGS, type ShardFlags, shardOptionsOf } from '../flags/shard-flags.js'
import { SWEEP_FLAGS } from '../flags/sweep-flags.js'
import { withTruthFlags } from '../flags/truth-flags.js'

type Flags = ScoreFlags & ShardFlags

export const scoreCommand: Command<Flags> = {
  builder: yargs =>
    withRunFlags(
      withMetricFlags(
        withTruthFlags(
          withRecordFlags(
            yargs
              .positional('inputs', {
                type: 'string',
                array: true,

                describe: 'files of maps, folders or patterns of them, or - for an Arrow stream',
              })
              .option('model', { string: true, describe: 'pool all inputs into one population of this name' })
              .options(OUTPUT_FLAGS)
              .options(BAD_RECORD_FLAGS)
              .options(READOUT_FLAGS)
              .options(MOTIF_FLAGS)
              .option('report', {
                string: true,
                describe: 'file for a page that shows the scores, as in report.html; implies --readout',
              })
              .options(SWEEP_FLAGS)
              .option('until-se', {
                number: true,
                describe:
                  'stop as soon as no KLD has a standard error above this, in nats; batches are read in a random order',
              })
              .option('verify', {
                boolean: true,
                default: false,
                describe: 'before going on from a checkpoint, read again what it covers and compare',
              })
              .options(SHARD_FLAGS),
          ),
        ),
      ),
    )
      .example('$0 score model_a.parquet model_b.arrow', 'one model a file')
      .example(
        '$0 score --model resnet maps/ --checkpoint resnet.state',
        'one model in many files, to be resumed',
      )
      .example('producer | $0 score -', 'an Arrow stream'),
  handler: score,
}

/** `attrstream score`: each file, or all under --model, through both metrics; or one shard of a plan. */
function score(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const ofPlan = flags.plan !== undefined
  return runJob({ metrics: flags.metrics, bar: !flags.quiet && !ofPlan }, async (watch, stop) => {
    if (!ofPlan) return scoreInputs(flags, watch, stop)
    const { scoreShard } = await import('./shard.js')
    return scoreShard(shardOptionsOf(flags), watch, stop)
  })
}
