import type { ArgumentsCamelCase } from 'yargs'
import { BAD_RECORD_FLAGS } from '../flags/bad-record-flags.js'
import { JOIN_FLAGS } from '../flags/join-flags.js'
import type { Command } from '../job/command.js'
import { runJob } from '../job/job.js'
import { withMetricFlags } from '../flags/metric-flags.js'
import { OUTPUT_FLAGS } from '../output/output.js'
import { MOTIF_FLAGS, READOUT_FLAGS } from '../flags/readout-flags.js'
import { REPORT_FLAGS } from '../flags/report-flags.js'
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

                describe: 'files of maps, folders, patterns, or - for an Arrow stream',
              })
              .option('model', {
                string: true,
                describe: 'pool all inputs into one model of this name (default: one model per file)',
              })
              .options(OUTPUT_FLAGS)
              .option('agree', {
                boolean: true,
                default: false,
                describe:
                  'also how far the maps of the models agree; with --average, also the scores of its members',
              })
              .options(JOIN_FLAGS)
              .options(BAD_RECORD_FLAGS)
              .options(READOUT_FLAGS)
              .options(MOTIF_FLAGS)
              .option('report', {
                string: true,
                describe: 'also write an HTML report to this file; implies --readout',
              })
              .options(REPORT_FLAGS)
              .options(SWEEP_FLAGS)
              .option('until-se', {
                number: true,
                describe:
                  'stop once all standard errors of the KLD are at most this, in nats; batches are read in random order (default: read all)',
              })
              .option('verify', {
                boolean: true,
                default: false,
                describe: 'before resuming, re-read what the checkpoint covers and compare',
              })
              .options(SHARD_FLAGS),
          ),
        ),
      ),
    )
      .example('$0 score model_a.parquet model_b.arrow', 'one model per file')
      .example(
        '$0 score --model resnet maps/ --checkpoint resnet.state',
        'one model in many files; can be resumed',
      )
      .example('producer | $0 score -', 'an Arrow stream'),
  handler: score,
}

/** `attrstream score`: each file, or all under --model, through both metrics; or one shard of a plan. */
function score(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const ofPlan = flags.plan !== undefined
  return runJob({ metrics: flags.metrics, bar: !flags.quiet && !ofPlan }, async (monitor, stop) => {
    if (!ofPlan) return scoreInputs(flags, monitor, stop)
    const { scoreShard } = await import('./shard.js')
    return scoreShard(shardOptionsOf(flags), monitor, stop)
  })
}
