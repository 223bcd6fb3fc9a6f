import { basename } from 'node:path'
import { filesOf } from './columns/column.js'
import { changedFile, changedWhileRead, stampsOf } from '../io/file-stamps.js'
import { attributionRecords, type RecordOptions } from './records/records.js'
import { shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { AttributionRecord, Source } from '../core/types.js'
import { openColumns } from './open.js'
import { openRecords } from './open-records.js'

/**
 * Opens the attribution maps of a file, of a format recognised by its signature, or of an Arrow stream on standard input for
 * `-`. Only the columns of a record are read, and no more of them at once than a batch.
 *
 * Errors: `not-found`, `io`; `format`, `damaged`; `column` and `axes`, where the columns do not make records; `mismatch`, where a
 * pass over it finds it changed.
 */
export async function openMaps(
  path: string,
  options: RecordOptions = {},
): Promise<Source<AttributionRecord>> {
  if (options.join !== undefined) return openRecords(path, options)
  const columns = await openColumns(path, options)
  try {
    const stamps = await stampsOf(filesOf(columns))
    const check = async () => {
      const changed = await changedFile(stamps)
      if (changed !== undefined) throw changedWhileRead(changed)
    }
    return { ...attributionRecords(columns, options), check }
  } catch (error) {
    await columns.close()
    throw error
  }
}

/**
 * Opens one file after another, each when it is its turn; where files have no ids, their names lead the row numbers.
 *
 * Errors: `usage`, for no path at all; those of `openMaps`.
 */
export async function* openAllMaps(
  paths: readonly string[],
  options: RecordOptions = {},
): AsyncGenerator<Source<AttributionRecord>> {
  if (paths.length === 0) throw new DataError('usage', 'no input; give files of maps')
  for (const path of paths) {
    const idPrefix = paths.length > 1 ? `${basename(shownPath(path))}:` : ''
    yield openMaps(path, { idPrefix, ...options })
  }
}
