import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { BAD_RECORD_FLAGS, type BadRecordFlags, badPolicyOf } from '../flags/bad-record-flags.js'
import { thinOf } from '../flags/metric-flags.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from '../flags/record-flags.js'
import { everyOf, memoryLimitOf, type RunFlags, withRunFlags } from '../flags/run-flags.js'
import { joinInputs } from '../joined-inputs.js'
import type { Command } from '../job/command.js'
import { runJob, type SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { StopSignal } from '../job/signals.js'
import { foldAgreement } from '../fold-agreement.js'
import { groupByPattern } from '../../results/replicates.js'
import { AGREEMENT_FLAGS, type AgreementFlags, deliverAgreement } from '../output/write-agreement.js'

type Flags = RecordFlags &
  RunFlags &
  Omit<BadRecordFlags, 'quarantine'> &
  AgreementFlags & {
    inputs?: string[]
    q: number
    thin?: number | undefined
    replicates?: string | undefined
  }

export const agreeCommand: Command<Flags> = {
  builder: yargs => {
    const { quarantine: _, ...bad } = BAD_RECORD_FLAGS
    return withRunFlags(
      withRecordFlags(
        yargs
          .positional('inputs', {
            type: 'string',
            array: true,
            describe: 'models: a file, or a folder of its files, each; or one folder or pattern of models',
          })
          .option('q', {
            number: true,
            default: 0.9,
            describe:
              'attributed positions exceed this quantile of the magnitudes of their map, for the overlap',
          })
          .option('replicates', {
            string: true,
            describe:
              "regular expression on model names that makes replicates one group, for agreement within and between groups, as in '_s[0-9]+$'",
          })
          .option('thin', {
            number: true,
            describe:
              'use a random subset, chosen by hash of the id: a fraction up to 1, or an approximate number of records (default: all)',
          })
          .options(bad)
          .options(AGREEMENT_FLAGS),
      ),
    )
      .example('$0 agree fold_*.h5', 'five folds of one model')
      .example('$0 agree runs/a runs/b --out agreement', 'two models of many files each')
      .example('$0 agree maps.parquet --model-column seed', 'models in one file')
      .example('$0 agree a.npz b.npz --match order', 'rows in the same order, ids ignored')
  },
  handler: agree,
}

/** `attrstream agree`: how far the maps of two models or more of the same sequences agree. */
function agree(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, (monitor, stop) =>
    agreeInputs(flags, monitor, stop),
  )
}

async function agreeInputs(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const { inputs = [], q, checkpoint, restart, replicates } = flags
  if (replicates !== undefined) groupByPattern(replicates)
  if (!(q >= 0 && q < 1)) throw new DataError('usage', `q is ${q}, expected a quantile in [0, 1)`)
  if (restart && checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  const joined = await joinInputs(inputs, recordOptionsOf(flags), text => monitor.report('note', text))
  const found = await foldAgreement(joined, monitor, stop, {
    q,
    workers: flags.workers,
    thin: thinOf(flags),
    bad: badPolicyOf(flags),
    checkpoint:
      checkpoint === undefined ? undefined : { path: checkpoint, every: everyOf(flags.every), restart },
    memoryLimit: memoryLimitOf(flags['memory-limit']),
  })
  if (found === undefined) {
    const how =
      checkpoint === undefined
        ? 'nothing is saved; use --checkpoint FILE to make a run resumable'
        : 'the same command resumes'
    monitor.report('stopped', `stopped by ${stop.signal}; ${how}`, { signal: stop.signal })
    return stop.signal
  }
  stop.exitNow('not all results are written')
  await deliverAgreement(found, flags, { replicates })
  monitor.done()
  return undefined
}
