import type { MapRows, MapTable, MapWriter } from '../core/map-table.js'
import { DataError } from '../core/errors.js'
import type { RowFormat } from './save-rows.js'

/** A form of columns that maps are written in. */
export type MapFormat = 'arrow' | 'parquet'

// The packages of Arrow and Parquet are slow to load.
/**
 * A writer of maps; of an Arrow stream in place of a file if it is piped.
 *
 * Error: `usage`, for CSV and BED, which hold no lists.
 */
export async function mapWriter(
  format: RowFormat,
  table: MapTable,
  { piped = false } = {},
): Promise<MapWriter> {
  switch (format) {
    case 'arrow':
      return (await import('./map-rows-arrow.js')).mapRowsArrow(table, { form: piped ? 'stream' : 'file' })
    case 'parquet':
      return (await import('./map-rows-parquet.js')).mapRowsParquet(table)
    case 'ndjson':
      return (await import('./map-rows-ndjson.js')).mapRowsNdjson(table)
    case 'csv':
    case 'bed': {
      const name = format === 'csv' ? 'CSV' : 'BED'
      const what = `maps are lists, which ${name} has no place for; write .arrow, .parquet or .ndjson`
      throw new DataError('usage', what)
    }
  }
}

/** The bytes of a file of these rows, which may be reused once the next are asked for. */
export async function* written(
  writer: MapWriter,
  batches: AsyncIterable<MapRows>,
): AsyncGenerator<Uint8Array> {
  for await (const rows of batches) if (rows.ids.length > 0) yield writer.group(rows)
  yield writer.finish()
}
