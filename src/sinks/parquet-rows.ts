import { CELLS, ParquetRowGroupWriter, type SchemaElement } from './parquet-writer.js'
import { cellOf } from '../core/rows.js'
import type { CellKind, Columns, Row, RowWriter } from '../core/table.js'

/** Rows of a row group: some MB in memory, and enough for readers to skip by. */
const ROW_GROUP = 32_768

export interface ParquetRowsOptions {
  /** Key-value metadata of the file. */
  readonly metadata?: { readonly [key: string]: string }
}

/**
 * Rows as a Parquet file in row groups of 32,768, with statistics to skip row groups by: text as UTF8, whole numbers as
 * INT64, reals as DOUBLE, flags as BOOLEAN. Every column may hold nulls; NaN and infinities are written as null.
 *
 * Errors: `TypeError`, for a value that is not of its column's kind.
 */
export async function parquetRows(
  columns: Columns,
  { metadata = {} }: ParquetRowsOptions = {},
): Promise<RowWriter> {
  const kinds = Object.entries(columns)
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: kinds.length },
    ...kinds.map(([name, kind]): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...CELLS[kind] })),
  ]
  const dataOf = (name: string, kind: CellKind, rows: readonly Row[]) =>
    rows.map(row => {
      const cell = cellOf(name, kind, row[name])
      return kind === 'whole' && cell !== null ? BigInt(cell) : cell
    })
  const file = await ParquetRowGroupWriter.of(schema, new Map(Object.entries(metadata)), { statistics: true })
  return {
    groupRows: ROW_GROUP,
    group: rows => file.group(kinds.map(([name, kind]) => ({ name, data: dataOf(name, kind, rows) }))),
    finish: () => file.finish(),
    save: () => file.save(),
    restore: saved => file.restore(saved),
  }
}
