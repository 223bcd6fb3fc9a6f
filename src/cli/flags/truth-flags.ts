import type { Argv, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { RecordOptions } from '../../sources/records/records.js'
import { SNR_EMPTY, TRUTH_SCORES, type TruthOptions } from '../../metrics/truth-score.js'
import { type RecordFlags, recordOptionsOf } from './record-flags.js'

const G = 'Ground truth:'

/** Options of how maps are compared with ground truth. */
const TRUTH_FLAGS = {
  truth: {
    boolean: true,
    group: G,
    default: true,
    describe: 'measure agreement with ground truth, if present (--no-truth: do not read it)',
  },
  'truth-bed': {
    string: true,
    group: G,
    describe:
      'hits of known motifs that are the ground truth, by id or place: BED, hits.tsv of Fi-NeMo or fimo.tsv',
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
  const hits = flags['truth-bed']
  if (hits !== undefined) {
    const other = ['truth-file', 'truth-column'].find(name => flags[name as 'truth-file'] !== undefined)
    if (other !== undefined || !flags.truth) {
      const what = other === undefined ? '--no-truth' : `--${other}`
      throw new DataError('usage', `--truth-bed and ${what} exclude each other; give one`)
    }
    const truth = { score: flags.score, snrEmpty: flags['snr-empty'] }
    return { records: { columns, ...others, files: { ...others.files, hits }, truth: false }, truth }
  }
  if (flags.truth) {
    const truth = { score: flags.score, snrEmpty: flags['snr-empty'] }
    return { records: { columns, ...others, truth: 'found' }, truth }
  }
  return { records: { columns: { ...columns, truth: undefined }, ...others }, truth: undefined }
}
