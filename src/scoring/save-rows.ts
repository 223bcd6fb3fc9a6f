import { once } from 'node:events'
import { extname } from 'node:path'
import { DataError } from '../core/errors.js'
import type { Columns, Row, RowEncoder } from '../core/table.js'
import { writeWhole } from '../engine/whole-file.js'
import { bedRows } from '../sinks/bed.js'
import { csvRows } from '../sinks/csv.js'
import { ndjsonRows } from '../sinks/ndjson.js'
import { parquetRows } from '../sinks/parquet-table.js'

const ENCODERS: { readonly [ending: string]: (columns: Columns) => RowEncoder } = {
  '.parquet': parquetRows,
  '.bed': bedRows,
  '.csv': csvRows,
  '.ndjson': ndjsonRows,
  '.jsonl': ndjsonRows,
}

/**
 * Writes rows as they come, in the form that the file's name ends in: .parquet, .bed, .csv, .ndjson or .jsonl. The file
 * appears whole or not at all. Where no file is named, JSON lines go to standard output.
 *
 * Errors: `usage`, for another ending, and for BED without its columns; `io`.
 */
export async function saveRows(
  path: string | undefined,
  columns: Columns,
  rows: readonly Row[] | AsyncIterable<readonly Row[]>,
): Promise<void> {
  const make = path === undefined ? ndjsonRows : ENCODERS[extname(path).toLowerCase()]
  if (make === undefined) {
    throw new DataError(
      'usage',
      `no form is known by this ending, expected ${Object.keys(ENCODERS).join(', ')}`,
      {
        file: path as string,
      },
    )
  }
  const bytes = make(columns)(
    Array.isArray(rows) ? single(rows as readonly Row[]) : (rows as AsyncIterable<Row[]>),
  )
  if (path !== undefined) return writeWhole(path, bytes)
  for await (const piece of bytes) if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
}

async function* single(rows: readonly Row[]) {
  yield rows
}
