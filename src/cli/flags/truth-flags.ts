import type { Argv, InferredOptionTypes } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'
import { SNR_EMPTY, TRUTH_SCORES, type TruthOptions } from '../../metrics/truth-score.js'
import { type RecordFlags, recordOptionsOf } from './record-flags.js'

const G = 'Ground truth:'

/** Options of how maps are compared with ground truth. */
export const TRUTH_FLAGS = {
  truth: {
    boolean: true,
    group: G,
    default: true,
    describe: 'measure agreement with ground truth, if present (--no-truth: do not read it)',
  },
  score: {
    choices: TRUTH_SCORES,
    group: G,
    default: 'corrected' as const,
    describe: 'attribution of the observed base that is compared with ground truth: corrected or raw',
  },
  'snr-empty': {
    choices: SNR_EMPTY,
    group: G,
    default: 'zero' as const,
    describe: 'maps without background noise: SNR 0, as published, or excluded',
  },
} as const

export type TruthFlags = InferredOptionTypes<typeof TRUTH_FLAGS>

export function withTruthFlags<T>(yargs: Argv<T>): Argv<T & TruthFlags> {
  return yargs.options(TRUTH_FLAGS) as unknown as Argv<T & TruthFlags>
}

/** Options of records and of ground truth together: the column is read only where it is used. */
export function truthOptionsOf(flags: RecordFlags & TruthFlags): {
  readonly records: RecordOptions
  readonly truth: TruthOptions | undefined
} {
  const { columns, ...others } = recordOptionsOf(flags)
  if (flags.truth) {
    const truth = { score: flags.score, snrEmpty: flags['snr-empty'] }
    return { records: { columns, ...others, truth: 'found' }, truth }
  }
  return { records: { columns: { ...columns, truth: undefined }, ...others }, truth: undefined }
}
