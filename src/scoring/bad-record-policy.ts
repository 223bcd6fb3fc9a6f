import { DataError } from '../core/errors.js'
import type { BatchSize } from '../core/types.js'
import { BatchRuns } from '../engine/batch-runs.js'
import { type BadRecords, countsText } from '../stats/sums/bad-records.js'

/** The most bad records that are let through: a number, or a share of all records. */
export type MaxBad = { readonly count: number } | { readonly fraction: number }

/** What is done with bad records if the first is not to end the run. */
export interface BadRecordPolicy {
  /** Bad records are counted and left out; a quarantine keeps their places too, so that their rows can be written. */
  readonly kind: 'skip' | 'quarantine'
  readonly max?: MaxBad | undefined
  /** File that bad rows of a pipe are kept in until the end. */
  readonly spool?: string | undefined
}

/** Bad records are left out and counted, and their places kept where they go into quarantine. */
export interface ScreenSpec {
  readonly places: boolean
  /** More than this many end the pass. */
  readonly most?: number | undefined
  /** File that the bad rows of a pipe go to, since they cannot be read again. */
  readonly spool?: string | undefined
}

/** How a pass over these inputs meets bad records: it ends early where it is sure that there are too many. */
export function screenOf(
  policy: BadRecordPolicy | undefined,
  inputs: readonly { readonly batches: Iterable<BatchSize> | undefined }[],
): ScreenSpec | undefined {
  if (policy === undefined) return undefined
  const { kind, max, spool } = policy
  let rows = 0
  for (const { batches } of inputs) {
    rows += batches === undefined ? Number.POSITIVE_INFINITY : BatchRuns.of(batches).held().rows
  }
  const most = max === undefined ? undefined : 'count' in max ? max.count : Math.floor(max.fraction * rows)
  return {
    places: kind === 'quarantine',
    ...(most !== undefined && Number.isFinite(most) ? { most } : {}),
    ...(spool === undefined ? {} : { spool }),
  }
}

/** The error, of code `record`, for more bad records among all than the policy lets through; undefined where there are not. */
export function tooManyBad(
  bad: BadRecords,
  records: number,
  policy: BadRecordPolicy | undefined,
): DataError | undefined {
  const max = policy?.max
  if (max === undefined) return undefined
  const { total } = bad
  const [most, allowed] =
    'count' in max
      ? [max.count, String(max.count)]
      : [max.fraction * records, `${max.fraction} of them, ${Math.floor(max.fraction * records)}`]
  if (total <= most) return undefined
  return new DataError(
    'record',
    `${total} of ${records} records are bad (${countsText(bad.by())}), and --max-bad allows ${allowed}; repair the data, or allow more`,
  )
}
