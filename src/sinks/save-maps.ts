import { halfBits } from '../kernels/float16.js'
import { badRecord, DataError } from '../core/errors.js'
import type { MapElement, MapRows, MapTable, MapWriter } from '../core/map-table.js'
import type { Columns } from '../core/table.js'
import type { CopiedMap } from '../stages/copy-map.js'
import { mapWriter, written } from './map-writer.js'
import { formatOf, type RowFormat, type SaveOptions, writeOut } from './save-rows.js'

/** Values of a record batch or row group of a file, in bytes: a reader holds it a few times over. */
const GROUP = 2 ** 24

/** A format's name and version for dumps of maps: columns id, sequence and attributions. */
export const MAPS_SCHEMA = 'attrstream.maps/1'

/**
 * Writes maps as they come, in the form that attrstream reads, to a file or, where `path` is undefined or `-`, to standard
 * output; see `saveRows`. Arrow, Parquet or JSON lines. `kept` are further columns, which the maps have.
 *
 * Errors: `usage`, for CSV and BED, which hold no lists; `io`.
 */
export async function saveMaps(
  path: string | undefined,
  element: MapElement,
  maps: AsyncIterable<readonly CopiedMap[]>,
  { format, metadata = {}, kept }: SaveOptions & { readonly kept?: Columns | undefined } = {},
): Promise<void> {
  const file = path === '-' ? undefined : path
  const form = format ?? (file === undefined ? 'arrow' : formatOf(file))
  const table = { element, kept, metadata: { 'attrstream.schema': MAPS_SCHEMA, ...metadata } }
  const writer = await writerOf(form, table, file)
  await writeOut(file, written(writer, rowsOf(maps, element, file === undefined ? 0 : GROUP)))
}

async function writerOf(format: RowFormat, table: MapTable, file: string | undefined): Promise<MapWriter> {
  switch (format) {
    case 'arrow':
    case 'parquet':
      return mapWriter(format, table, { piped: file === undefined })
    case 'ndjson':
      return (await import('./map-rows-ndjson.js')).mapRowsNdjson()
    default:
      throw new DataError(
        'usage',
        `maps are lists, which ${format === 'csv' ? 'CSV' : 'BED'} has no place for; write .arrow, .parquet or .ndjson`,
        file === undefined ? {} : { file },
      )
  }
}

/** Bits of halves. Error: `record`, for a value beyond them. */
function halves({ id, values }: CopiedMap): Uint16Array {
  const bits = Uint16Array.from(values, halfBits)
  const beyond = bits.findIndex(half => (half & 0x7c00) === 0x7c00)
  if (beyond < 0) return bits
  const what = `attribution at position ${beyond >> 2}, base ${'ACGT'[beyond & 3]} is ${values[beyond]}`
  throw badRecord('overflow', `${what}, beyond float16; write float32`).at({ id })
}

/** Maps one after another in arrays, once they have so many bytes. */
async function* rowsOf(
  batches: AsyncIterable<readonly CopiedMap[]>,
  element: MapElement,
  least: number,
): AsyncGenerator<MapRows> {
  let group: CopiedMap[] = []
  let bytes = 0
  for await (const maps of batches) {
    for (const map of maps) {
      group.push(map)
      bytes += map.values.byteLength
      if (least === 0 || bytes < least) continue
      yield joined(group, element)
      group = []
      bytes = 0
    }
    if (least > 0 || group.length === 0) continue
    yield joined(group, element)
    group = []
  }
  if (group.length > 0) yield joined(group, element)
}

const ARRAYS = { float16: Uint16Array, float32: Float32Array, float64: Float64Array }

function joined(maps: readonly CopiedMap[], element: MapElement): MapRows {
  const offsets = new Int32Array(maps.length + 1)
  for (const [row, { letters }] of maps.entries()) offsets[row + 1] = offsets[row] + letters.length
  const positions = offsets[maps.length]
  const letters = new Uint8Array(positions)
  const attributions = new ARRAYS[element](4 * positions)
  for (const [row, map] of maps.entries()) {
    letters.set(map.letters, offsets[row])
    attributions.set(element === 'float16' ? halves(map) : map.values, 4 * offsets[row])
  }
  const kept = maps.map(map => map.kept ?? {})
  return { ids: maps.map(({ id }) => id), offsets, letters, attributions, kept }
}
