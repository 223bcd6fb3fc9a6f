import type { MapRows, MapTable, MapWriter, ResumableMapWriter } from '../core/map-table.js'

/** A form of columns that maps are written in. */
export type MapFormat = 'arrow' | 'parquet'

// The packages of Arrow and Parquet are slow to load.
/** A writer of maps; of an Arrow stream in place of a file where it is piped. */
export async function mapWriter(
  format: MapFormat,
  table: MapTable,
  { piped = false } = {},
): Promise<ResumableMapWriter> {
  if (format === 'arrow') {
    const { mapRowsArrow } = await import('./map-rows-arrow.js')
    return mapRowsArrow(table, { form: piped ? 'stream' : 'file' })
  }
  const { mapRowsParquet } = await import('./map-rows-parquet.js')
  return mapRowsParquet(table)
}

/** The bytes of a file of these rows, which may be reused once the next are asked for. */
export async function* written(
  writer: MapWriter,
  batches: AsyncIterable<MapRows>,
): AsyncGenerator<Uint8Array> {
  for await (const rows of batches) if (rows.ids.length > 0) yield writer.group(rows)
  yield writer.finish()
}
