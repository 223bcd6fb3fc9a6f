import { halfTable } from '../kernels/float16.js'
import type { MapRows, MapTable, MapValues, MapWriter } from '../core/map-table.js'

/** Maps as JSON objects, one per line: id, sequence, and attributions as a flat list, position by channel A C G T; then model and kept columns. */
export function mapRowsNdjson({ model }: Pick<MapTable, 'model'> = {}): MapWriter {
  return {
    group: rows => Buffer.from(linesOf(rows, model).join('')),
    finish: () => new Uint8Array(0),
    save: () => '',
    restore: () => {},
  }
}

function linesOf(
  { ids, offsets, letters, attributions, models = [], kept = [] }: MapRows,
  model: string | undefined,
): string[] {
  return ids.map((id, row) => {
    const [start, end] = [offsets[row], offsets[row + 1]]
    const values = attributions?.subarray(4 * start, 4 * end)
    const sequence = Buffer.from(letters.buffer, letters.byteOffset + start, end - start).toString('latin1')
    const named = model === undefined ? {} : { [model]: models[row] }
    const map = values && { attributions: numbersOf(values) }
    return `${JSON.stringify({ id, sequence, ...map, ...named, ...kept[row] })}\n`
  })
}

function numbersOf(values: MapValues): number[] {
  if (!(values instanceof Uint16Array)) return Array.from(values)
  const half = halfTable()
  return Array.from(values, bits => half[bits])
}
