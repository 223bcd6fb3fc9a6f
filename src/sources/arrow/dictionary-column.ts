import type { TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import { gather } from './gather.js'
import { rowNulls, validityOf } from './nulls.js'
import { elements, readValues } from './numbers.js'
import type { Decoding, Place, Slice } from './slice.js'
import type { Reading } from './shape.js'

/** The text of some rows that are indices into a dictionary; null there is null here. */
export function* decodeDictionaryColumn(
  slice: Slice,
  { node, buffer }: Place,
  reading: Extract<Reading, { kind: 'dictionary' }>,
  dictionary: TextColumn,
): Decoding<TextColumn> {
  const { layout, rows, arena } = slice
  const count = rows.end - rows.start
  const validity = validityOf(slice, node, buffer, rows, 0)
  const piece = elements(reading.index, buffer + 1, rows, layout.lengths[node])
  yield validity ? [validity.piece, piece] : [piece]
  const indices = readValues(reading.index, piece.bytes, rows, arena)
  let nulls = validity && rowNulls(count, [], [validity], arena)
  const { bytes, offsets } = dictionary
  const size = offsets.length - 1
  for (let row = 0; row < count; row++) {
    if (nulls?.[row]) continue
    const index = indices[row]
    if (!(index >= 0 && index < size)) {
      throw new DataError(
        'damaged',
        `index ${index} into a dictionary of ${size} texts; write the file again`,
      )
    }
    if (dictionary.nulls?.[index]) {
      nulls ??= arena.take(count).fill(0)
      nulls[row] = 1
    }
  }
  return gather(count, nulls, arena, (row, visit) => {
    const index = indices[row]
    visit(bytes, offsets[index], offsets[index + 1] - offsets[index])
  })
}
