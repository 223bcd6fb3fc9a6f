import { DataError, catchDataError } from '../../core/errors.js'
import { type Failure, failuresError } from '../../results/failures.js'
import { type Quarantine, saveQuarantine } from '../../scoring/quarantine.js'
import type { Monitor } from '../job/monitor.js'

/**
 * Writes the bad records of all that was read to its end into one file, and reports their number; nothing where nothing
 * was. Returns how many. Errors: those of `saveQuarantine`.
 */
export async function writeQuarantine(
  file: string,
  quarantines: readonly Quarantine[],
  monitor: Monitor,
): Promise<number> {
  if (quarantines.length === 0) return 0
  await saveQuarantine(file, quarantines)
  const total = quarantines.reduce((sum, { bad }) => sum + bad.total, 0)
  monitor.report('note', `${file} holds ${total} bad records`, { bad_records: total })
  return total
}

/**
 * The error of a run of which no model has scores, once their bad records are in quarantine: it says where they are. It
 * stays what it is where they cannot be written, which is a warning then.
 */
export async function unscoredError(
  failed: readonly Failure[],
  file: string | undefined,
  quarantines: () => Promise<readonly Quarantine[]>,
  monitor: Monitor,
): Promise<DataError> {
  const error = failuresError(failed, 0)
  if (file === undefined) return error
  const total = await catchDataError(async () => writeQuarantine(file, await quarantines(), monitor))
  if (total instanceof DataError) {
    monitor.report('warning', `bad records are not in quarantine: ${total.message}`, { code: total.code })
    return error
  }
  if (total === 0) return error
  return new DataError(error.code, `${error.what}; bad records are in ${file}`, error.where, error)
}
