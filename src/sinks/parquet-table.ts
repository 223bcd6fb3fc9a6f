import parquet from 'parquetjs-lite'
import { cellOf } from '../core/rows.js'
import type { Columns, Row } from '../core/table.js'

const TYPES = { text: 'UTF8', whole: 'INT64', real: 'DOUBLE', flag: 'BOOLEAN' } as const

export interface ParquetTableOptions {
  /** Key-value metadata of the file. */
  readonly metadata?: { readonly [key: string]: string }
}

/**
 * A small table as the bytes of a Parquet file, GZIP-compressed: text as UTF8, whole numbers as INT64, reals as DOUBLE,
 * flags as BOOLEAN. Every column may hold nulls; NaN and infinities are written as null. `parquetRows` is for tables of
 * any length.
 *
 * Errors: `TypeError`, for a value that is not of its column's kind.
 */
export async function parquetTable(
  columns: Columns,
  rows: readonly Row[],
  { metadata = {} }: ParquetTableOptions = {},
): Promise<Uint8Array> {
  const kinds = Object.entries(columns)
  const schema = new parquet.ParquetSchema(
    Object.fromEntries(
      kinds.map(([name, kind]) => [
        name,
        // No statistics: the writer's order text by UTF-16 and are wrong where a first page is all null.
        { type: TYPES[kind], optional: true, compression: 'GZIP', statistics: false },
      ]),
    ),
  )
  const pieces: Uint8Array[] = []
  const output = {
    write(bytes: Uint8Array, done: () => void) {
      pieces.push(bytes)
      done()
    },
    end: (done: () => void) => done(),
  }
  const options = { rowGroupSize: rows.length + 1, pageIndex: false }
  const writer = await parquet.ParquetWriter.openStream(schema, output, options)
  for (const [key, value] of Object.entries(metadata)) writer.setMetadata(key, value)
  for (const row of rows) {
    await writer.appendRow(
      Object.fromEntries(kinds.map(([name, kind]) => [name, cellOf(name, kind, row[name]) ?? undefined])),
    )
  }
  await writer.close()
  return Buffer.concat(pieces)
}
