import { readOffsetIndex } from 'hyparquet/src/indexes.js'
import type { Bytes } from '../../io/bytes.js'
import type { Chunk } from './chunk.js'
import { structEnd } from './thrift.js'

/** Which rows the data pages of a chunk start with: page p lies at `offsets[p]`, its first row is `rows[p]`. */
export interface PageIndex {
  readonly offsets: Float64Array
  readonly rows: Float64Array
}

/** An index takes some 20 bytes a page: one larger than this is none. */
const LONGEST = 2 ** 26

/** The offset index of a chunk of `groupRows` rows; undefined where there is none, or none that makes sense. */
export async function readPageIndex(
  file: Bytes,
  chunk: Chunk,
  groupRows: number,
): Promise<PageIndex | undefined> {
  const { index } = chunk
  if (index === undefined || !(index.length > 0 && index.length <= LONGEST)) return undefined
  if (index.start + index.length > file.size) return undefined
  const bytes = new Uint8Array(index.length)
  await file.read(bytes, index.start)
  try {
    if (structEnd(bytes, 0) === undefined) return undefined
    const { page_locations: pages } = readOffsetIndex({ view: new DataView(bytes.buffer), offset: 0 })
    const offsets = Float64Array.from(pages, page => Number(page.offset))
    const rows = Float64Array.from(pages, page => Number(page.first_row_index))
    return isSound(offsets, rows, chunk, groupRows) ? { offsets, rows } : undefined
  } catch {
    return undefined
  }
}

function isSound(offsets: Float64Array, rows: Float64Array, chunk: Chunk, groupRows: number): boolean {
  if (rows.length === 0 || rows[0] !== 0 || offsets[0] < chunk.start) return false
  for (let p = 1; p < rows.length; p++) {
    if (!(offsets[p] > offsets[p - 1] && rows[p] >= rows[p - 1])) return false
  }
  return offsets[rows.length - 1] < chunk.end && rows[rows.length - 1] < groupRows
}

/** The last page that starts at or before a row. */
export function pageOf(index: PageIndex, row: number): number {
  let low = 0
  let high = index.rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (index.rows[middle] <= row) low = middle
    else high = middle - 1
  }
  return low
}
