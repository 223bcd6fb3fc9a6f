import { halfTable } from '../columns/float16.js'
import type { MapEncoder } from '../core/map-rows.js'

/** Maps as JSON objects, one a line: id, sequence, and attributions as a flat list, position by channel A C G T. */
export function mapRowsNdjson(): MapEncoder {
  return async function* (batches) {
    for await (const { ids, offsets, letters, attributions } of batches) {
      const lines = ids.map((id, row) => {
        const [start, end] = [offsets[row], offsets[row + 1]]
        const values = attributions.subarray(4 * start, 4 * end)
        const sequence = Buffer.from(letters.buffer, letters.byteOffset + start, end - start).toString(
          'latin1',
        )
        return `${JSON.stringify({ id, sequence, attributions: numbersOf(values) })}\n`
      })
      yield Buffer.from(lines.join(''))
    }
  }
}

function numbersOf(values: Uint16Array | Float32Array | Float64Array): number[] {
  if (!(values instanceof Uint16Array)) return Array.from(values)
  const half = halfTable()
  return Array.from(values, bits => half[bits])
}
