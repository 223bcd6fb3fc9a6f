import { Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'
import { CELL_TYPES, cellColumn } from './arrow-cells.js'
import { ArrowBatchWriter } from './arrow-writer.js'
import type { Columns, RowWriter } from '../core/table.js'

/** Rows of a record batch of a file: enough for readers to work by. */
const BATCH = 16_384

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
export function arrowRows(columns: Columns, { form, metadata = {} }: ArrowRowsOptions): RowWriter {
  const kinds = Object.entries(columns)
  const fields = kinds.map(([name, kind]) => new Field(name, CELL_TYPES[kind], true))
  const schema = new Schema(fields, new Map(Object.entries(metadata)))
  const file = new ArrowBatchWriter(schema, form)
  return {
    groupRows: form === 'file' ? BATCH : 0,
    group(rows) {
      const children = kinds.map(([name, kind]) => cellColumn(name, kind, rows))
      const struct = { type: new Struct(fields), length: rows.length, nullCount: 0, children }
      return file.batch(new RecordBatch(schema, makeData(struct)))
    },
    finish: () => file.finish(),
    save: () => file.save(),
    restore: saved => file.restore(saved),
  }
}
