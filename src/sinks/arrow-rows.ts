import {
  Bool,
  type Data,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { ArrowPieces } from './arrow-writer.js'
import { bitmapOf } from '../sources/columns/bitmap.js'
import { cellOf, inGroups } from '../core/rows.js'
import type { Cell, CellKind, Columns, Row, RowEncoder } from '../core/table.js'

/** Rows of a record batch of a file: enough for readers to work by. */
const BATCH = 16_384

const TYPES = { text: new Utf8(), whole: new Int64(), real: new Float64(), flag: new Bool() }

export interface ArrowRowsOptions {
  /** A file has an index at its end; a stream can be read while it is written. */
  readonly form: 'file' | 'stream'
  /** Key-value metadata of the schema. */
  readonly metadata?: { readonly [key: string]: string }
}

/**
 * Rows as Arrow IPC: text as Utf8, whole numbers as Int64, reals as Float64, flags as Bool. Every column may hold nulls;
 * NaN and infinities are written as null. A stream has a record batch for each array of rows, as soon as it comes; a
 * file has one for 16,384 rows.
 *
 * Errors: `TypeError`, for a value that is not of its column's kind.
 */
export function arrowRows(columns: Columns, { form, metadata = {} }: ArrowRowsOptions): RowEncoder {
  const kinds = Object.entries(columns)
  const fields = kinds.map(([name, kind]) => new Field(name, TYPES[kind], true))
  const schema = new Schema(fields, new Map(Object.entries(metadata)))
  return async function* (batches) {
    const file = new ArrowPieces(schema, form)
    for await (const rows of form === 'file' ? inGroups(batches, BATCH) : batches) {
      const children = kinds.map(([name, kind]) => columnOf(name, kind, rows))
      const struct = { type: new Struct(fields), length: rows.length, nullCount: 0, children }
      yield file.batch(new RecordBatch(schema, makeData(struct)))
    }
    yield file.finish()
  }
}

function columnOf(name: string, kind: CellKind, rows: readonly Row[]): Data {
  const cells = rows.map(row => cellOf(name, kind, row[name]))
  const length = cells.length
  const validity = { length, ...validityOf(cells) }
  switch (kind) {
    case 'text': {
      const { bytes, offsets } = textOf(cells)
      return makeData({ ...validity, type: TYPES.text, data: bytes, valueOffsets: offsets })
    }
    case 'whole':
      return makeData({ ...validity, type: TYPES.whole, data: BigInt64Array.from(cells, wholeOf) })
    case 'real':
      return makeData({ ...validity, type: TYPES.real, data: Float64Array.from(cells, Number) })
    case 'flag':
      return makeData({ ...validity, type: TYPES.flag, data: bitmapOf(length, i => cells[i] === true) })
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
