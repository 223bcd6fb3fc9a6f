import { DataError } from '../core/errors.js'
import type { MapElement, MapRows } from '../core/map-table.js'
import type { Columns } from '../core/table.js'
import { type MapRecord, MapsBatcher } from './map-batcher.js'
import { mapWriter, written } from './map-writer.js'
import { formatOf, type SaveOptions, writeOut } from './save-rows.js'

/** A format's name and version for dumps of maps: columns id, sequence and attributions. */
export const MAPS_SCHEMA = 'attrstream.maps/1'

/**
 * Writes maps as they come, in the form that attrstream reads, to a file or, where `path` is undefined or `-`, to standard
 * output; see `saveRows`. Arrow, Parquet or JSON lines.
 *
 * @param maps Records that are safe to keep, as `records` and `copyMap` give them.
 * @param options `kept` are further columns, which the records have as `extra`.
 * Errors: `usage`, for CSV and BED, which hold no lists; `record`, for a value that the element cannot hold; `io`.
 */
export async function saveMaps(
  path: string | undefined,
  element: MapElement,
  maps: AsyncIterable<readonly MapRecord[]>,
  { format, metadata = {}, kept = {} }: SaveOptions & { readonly kept?: Columns | undefined } = {},
): Promise<void> {
  const file = path === '-' ? undefined : path
  const piped = file === undefined
  const table = { element, kept, metadata: { 'attrstream.schema': MAPS_SCHEMA, ...metadata } }
  const batcher = new MapsBatcher({ element, truth: false, model: undefined, kept })
  const writer = await mapWriter(format ?? (piped ? 'arrow' : formatOf(file)), table, { piped })
  await writeOut(file, written(writer, rowsOf(maps, batcher, piped)))
}

/** Rows of full batches; in a pipe of each array that comes. */
async function* rowsOf(
  arrays: AsyncIterable<readonly MapRecord[]>,
  batcher: MapsBatcher,
  piped: boolean,
): AsyncGenerator<MapRows> {
  for await (const maps of arrays) {
    for (const map of maps) {
      if (add(batcher, map)) yield batcher.take().rows
    }
    if (piped && batcher.rows > 0) yield batcher.take().rows
  }
  if (batcher.rows > 0) yield batcher.take().rows
}

function add(batcher: MapsBatcher, map: MapRecord): boolean {
  try {
    return batcher.add(map)
  } catch (error) {
    throw error instanceof DataError ? error.at({ id: map.id }) : error
  }
}
