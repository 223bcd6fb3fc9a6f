import type { TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import { NOTHING, type Piece } from './body.js'
import { rowNulls, validityOf } from './nulls.js'
import { NO_OFFSETS, readOffsets } from './offsets.js'
import { type Decoding, items, type Place, type Slice } from './slice.js'
import type { TextForm } from './shape.js'
import { gather } from './gather.js'

/** The text of some rows. */
export function decodeText(slice: Slice, place: Place, form: TextForm): Decoding<TextColumn> {
  return form === 'views' ? decodeViews(slice, place) : decodeOffsets(slice, place, form === 'offsets64')
}

function* decodeOffsets(slice: Slice, { node, buffer }: Place, wide: boolean): Decoding<TextColumn> {
  const { layout, rows, arena } = slice
  const count = rows.end - rows.start
  const validity = validityOf(slice, node, buffer, rows, 0)
  if (count === 0) {
    return { kind: 'text', bytes: NOTHING, offsets: NO_OFFSETS.offsets, nulls: undefined }
  }
  const offsets = items(
    buffer + 1,
    { start: rows.start, end: rows.end + 1 },
    wide ? 8 : 4,
    layout.lengths[node] + 1,
  )
  yield validity ? [validity.piece, offsets] : [offsets]
  // How many bytes there are is checked when they are loaded: only then is it known of compressed ones.
  const read = readOffsets(offsets.bytes, wide, Number.MAX_SAFE_INTEGER, arena)
  const bytes: Piece = { buffer: buffer + 2, ...read.range, whole: undefined, bytes: NOTHING }
  yield [bytes]
  const nulls = validity && rowNulls(count, [], [validity], arena)
  return { kind: 'text', bytes: bytes.bytes, offsets: read.offsets, nulls }
}

/** Bytes of one view: a length; then up to 12 bytes of text, or 4 of its start, the data buffer and the place in it. */
const VIEW = 16
const INLINE = 12

/** Views are gathered into text between offsets: of each data buffer the part is loaded that the rows point at. */
function* decodeViews(slice: Slice, { node, buffer, dataBuffers }: Place): Decoding<TextColumn> {
  const { layout, rows, arena } = slice
  const count = rows.end - rows.start
  const validity = validityOf(slice, node, buffer, rows, 0)
  const views = items(buffer + 1, rows, VIEW, layout.lengths[node])
  yield validity ? [validity.piece, views] : [views]
  const nulls = validity && rowNulls(count, [], [validity], arena)
  const view = new DataView(views.bytes.buffer, views.bytes.byteOffset, views.bytes.byteLength)
  const data = new Map<
    number,
    { buffer: number; start: number; end: number; whole: undefined; bytes: Uint8Array }
  >()
  for (let row = 0; row < count; row++) {
    const length = nulls?.[row] ? 0 : view.getInt32(row * VIEW, true)
    if (length < 0) throw new DataError('damaged', `a text has length ${length}; write the file again`)
    if (length <= INLINE) continue
    const index = view.getInt32(row * VIEW + 8, true)
    const start = view.getInt32(row * VIEW + 12, true)
    if (index < 0 || index >= dataBuffers || start < 0) {
      throw new DataError(
        'damaged',
        `a text lies at byte ${start} of data buffer ${index} of ${dataBuffers}; write the file again`,
      )
    }
    const piece = data.get(index)
    if (piece) {
      piece.start = Math.min(piece.start, start)
      piece.end = Math.max(piece.end, start + length)
    } else {
      const end = start + length
      data.set(index, { buffer: buffer + 2 + index, start, end, whole: undefined, bytes: NOTHING })
    }
  }
  if (data.size > 0) yield [...data.values()]
  return gather(count, nulls, arena, (row, visit) => {
    const length = view.getInt32(row * VIEW, true)
    if (length <= INLINE) {
      visit(views.bytes, row * VIEW + 4, length)
      return
    }
    const piece = data.get(view.getInt32(row * VIEW + 8, true)) as Piece
    visit(piece.bytes, view.getInt32(row * VIEW + 12, true) - piece.start, length)
  })
}
