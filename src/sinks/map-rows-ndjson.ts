import { halfTable } from '../kernels/float16.js'
import type { MapRows, MapValues, MapWriter } from '../core/map-table.js'

/** Maps as JSON objects, one per line: id, sequence, and attributions as a flat list, position by channel A C G T; then kept columns. */
export function mapRowsNdjson(): MapWriter {
  return { group: rows => Buffer.from(linesOf(rows).join('')), finish: () => new Uint8Array(0) }
}

function linesOf({ ids, offsets, letters, attributions, kept = [] }: MapRows): string[] {
  return ids.map((id, row) => {
    const [start, end] = [offsets[row], offsets[row + 1]]
    const values = attributions?.subarray(4 * start, 4 * end)
    const sequence = Buffer.from(letters.buffer, letters.byteOffset + start, end - start).toString('latin1')
    return `${JSON.stringify({ id, sequence, ...(values && { attributions: numbersOf(values) }), ...kept[row] })}\n`
  })
}

function numbersOf(values: MapValues): number[] {
  if (!(values instanceof Uint16Array)) return Array.from(values)
  const half = halfTable()
  return Array.from(values, bits => half[bits])
}
