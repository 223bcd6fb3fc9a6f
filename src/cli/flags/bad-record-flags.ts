import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { BadRecordPolicy, MaxBad } from '../../scoring/bad-record-policy.js'
import { checkQuarantineFile } from '../../scoring/quarantine.js'

const B = 'Bad records:'

const ON_BAD = {
  'on-bad': {
    choices: ['fail', 'skip', 'quarantine'] as const,
    group: B,
    describe: 'bad records: fail (default), skip, or quarantine (skip, and write to --quarantine)',
  },
} as const

const MAX_BAD = {
  'max-bad': {
    string: true,
    group: B,
    describe:
      'stop if there are more bad records than this: a count (100) or a share (0.01 or 1%); no limit by default',
  },
} as const

const QUARANTINE = {
  quarantine: {
    string: true,
    group: B,
    describe: 'file for bad records with their rows and reasons: .parquet or .ndjson',
  },
} as const

/** Options for bad records, of a run, a plan and a merge. */
export const BAD_RECORD_FLAGS = { ...ON_BAD, ...QUARANTINE, ...MAX_BAD } as const
export const MAX_BAD_FLAGS = MAX_BAD
export const PLAN_BAD_FLAGS = ON_BAD
export const MERGE_BAD_FLAGS = { ...QUARANTINE, ...MAX_BAD } as const

export type BadRecordFlags = InferredOptionTypes<typeof BAD_RECORD_FLAGS>

/** Errors: `usage`, for options that contradict one another. */
export function badPolicyOf(flags: Partial<BadRecordFlags>): BadRecordPolicy | undefined {
  const { quarantine } = flags
  const kind = flags['on-bad'] ?? (quarantine === undefined ? 'fail' : 'quarantine')
  if (kind === 'quarantine' && quarantine === undefined) {
    throw new DataError('usage', '--on-bad quarantine needs a file; give one with --quarantine')
  }
  if (kind !== 'quarantine' && quarantine !== undefined) {
    throw new DataError('usage', `--on-bad ${kind} writes no quarantine; leave --quarantine out`)
  }
  if (quarantine !== undefined) checkQuarantineFile(quarantine)
  const max = maxBadOf(flags['max-bad'])
  if (kind !== 'fail') return { kind, max }
  if (max === undefined) return undefined
  throw new DataError('usage', '--max-bad limits skipped records; give --on-bad skip or quarantine too')
}

/** A count as `100`, or a share as `0.01` or `1%`. Error: `usage`. */
export function maxBadOf(text: string | undefined): MaxBad | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return { count: Number(text) }
  const share = /^(\d*\.?\d+)(%?)$/.exec(text)
  const fraction = share === null ? Number.NaN : Number(share[1]) / (share[2] === '%' ? 100 : 1)
  if (fraction >= 0 && fraction <= 1) return { fraction }
  throw new DataError('usage', `--max-bad is ${text}, expected a count (100) or a share (0.01 or 1%)`)
}
