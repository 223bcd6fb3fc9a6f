import { Bool, type Data, Float64, Int64, makeData, Utf8 } from 'apache-arrow'
import { cellOf } from '../core/rows.js'
import type { Cell, CellKind, Row } from '../core/table.js'
import { bitmapOf } from '../sources/columns/elements.js'

/** The type of a column of cells of each kind. */
export const CELL_TYPES = { text: new Utf8(), whole: new Int64(), real: new Float64(), flag: new Bool() }

/** A column of rows. Every column may hold nulls. Errors: those of `cellOf`. */
export function cellColumn(name: string, kind: CellKind, rows: readonly Row[]): Data {
  const cells = rows.map(row => cellOf(name, kind, row[name]))
  const length = cells.length
  const validity = { length, ...validityOf(cells) }
  switch (kind) {
    case 'text': {
      const { bytes, offsets } = textOf(cells)
      return makeData({ ...validity, type: CELL_TYPES.text, data: bytes, valueOffsets: offsets })
    }
    case 'whole':
      return makeData({ ...validity, type: CELL_TYPES.whole, data: BigInt64Array.from(cells, wholeOf) })
    case 'real':
      return makeData({ ...validity, type: CELL_TYPES.real, data: Float64Array.from(cells, Number) })
    case 'flag':
      return makeData({ ...validity, type: CELL_TYPES.flag, data: bitmapOf(length, i => cells[i] === true) })
  }
}

function wholeOf(cell: Cell): bigint {
  return BigInt(cell ?? 0)
}

/** Which cells are not null, as a bitmap; none where all are there. */
function validityOf(cells: readonly Cell[]): { nullCount: number; nullBitmap?: Uint8Array } {
  let nullCount = 0
  for (const cell of cells) if (cell === null) nullCount++
  return nullCount === 0
    ? { nullCount }
    : { nullCount, nullBitmap: bitmapOf(cells.length, i => cells[i] !== null) }
}

function textOf(cells: readonly Cell[]): { bytes: Uint8Array; offsets: Int32Array } {
  const offsets = new Int32Array(cells.length + 1)
  const texts: Buffer[] = []
  for (let i = 0; i < cells.length; i++) {
    const text = Buffer.from((cells[i] as string | null) ?? '')
    texts.push(text)
    offsets[i + 1] = offsets[i] + text.length
  }
  return { bytes: Buffer.concat(texts), offsets }
}
