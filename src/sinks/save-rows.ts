import { extname } from 'node:path'
import { DataError } from '../core/errors.js'
import { printableRows } from '../core/printable.js'
import { inGroups } from '../core/rows.js'
import type { Columns, Row, RowOf, RowWriter, Table } from '../core/table.js'
import { writeOutput } from '../io/standard-output.js'
import { writeAtomically } from '../io/atomic-file.js'
import { bedRows } from './bed.js'
import { csvRows } from './csv.js'
import { ndjsonRows } from './ndjson.js'

/** A form that rows are written in. */
export type RowFormat = 'arrow' | 'parquet' | 'ndjson' | 'csv' | 'bed'

export const ROW_FORMATS: readonly RowFormat[] = ['arrow', 'parquet', 'ndjson', 'csv', 'bed']

const ENDINGS: { readonly [ending: string]: RowFormat } = {
  '.arrow': 'arrow',
  '.feather': 'arrow',
  '.parquet': 'parquet',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.bed': 'bed',
}

export interface SaveOptions {
  /** The form; by default what the file's name ends in, and JSON lines on standard output. */
  readonly format?: RowFormat | undefined
  /** Key-value metadata, for Arrow and Parquet; the schema's name is added. */
  readonly metadata?: { readonly [key: string]: string }
}

/**
 * Writes rows as they come, to a file that appears whole or not at all, or to standard output where `path` is undefined
 * or `-`: then an Arrow file is an Arrow stream, and rows are asked for no faster than they are taken.
 *
 * @param table Its columns, alone or with a schema.
 * Errors: `usage`, for another ending, and for BED of rows that are no spans; `io`.
 */
export async function saveRows(
  path: string | undefined,
  table: Columns | Table,
  rows: readonly Row[] | AsyncIterable<readonly Row[]>,
  options: SaveOptions = {},
): Promise<void> {
  const file = path === '-' ? undefined : path
  const format = options.format ?? (file === undefined ? 'ndjson' : formatOf(file))
  const writer = await rowWriter(format, table, { piped: file === undefined, metadata: options.metadata })
  const batches = Array.isArray(rows)
    ? single(rows as readonly Row[])
    : (rows as AsyncIterable<readonly Row[]>)
  return writeOut(file, encoded(writer, batches))
}

/** The bytes of a file of these rows, as they come. */
export async function* encoded(
  writer: RowWriter,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const { groupRows } = writer
  for await (const rows of groupRows > 0 ? inGroups(batches, groupRows) : batches) yield writer.group(rows)
  yield writer.finish()
}

/** Writes bytes as they come, to a file or, where it is undefined, to standard output, no faster than they are taken. */
export async function writeOut(file: string | undefined, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  return file === undefined ? writeOutput(bytes) : writeAtomically(file, bytes)
}

/** The form that a file's name ends in. Errors: `usage`. */
export function formatOf(file: string): RowFormat {
  const format = ENDINGS[extname(file).toLowerCase()]
  if (format !== undefined) return format
  const known = Object.keys(ENDINGS).join(', ')
  throw new DataError('usage', `unsupported file extension, expected ${known}`, { file })
}

/** A table whose schema has no name where columns alone are given. */
export function tableOf(table: Columns | Table): Omit<Table, 'schema'> & { readonly schema?: string } {
  return typeof table.columns === 'object' ? (table as Table) : { columns: table as Columns }
}

// The packages of Arrow and Parquet are slow to load.
/** A writer of rows; of an Arrow stream in place of a file if it is piped. Error: `usage`, for BED of rows that are no spans. */
export async function rowWriter(
  format: RowFormat,
  table: Columns | Table,
  {
    piped = false,
    metadata: more = {},
  }: { readonly piped?: boolean; readonly metadata?: { readonly [key: string]: string } | undefined } = {},
): Promise<RowWriter> {
  const { columns, schema, bed } = tableOf(table)
  const metadata = schema === undefined ? more : { 'attrstream.schema': schema, ...more }
  switch (format) {
    case 'arrow': {
      const { arrowRows } = await import('./arrow-rows.js')
      return arrowRows(columns, { form: piped ? 'stream' : 'file', metadata })
    }
    case 'parquet': {
      const { parquetRows } = await import('./parquet-rows.js')
      return parquetRows(columns, { metadata })
    }
    case 'ndjson':
      return ndjsonRows(columns)
    case 'csv': {
      const writer = csvRows(columns)
      return piped ? { ...writer, group: rows => writer.group(printableRows(rows)) } : writer
    }
    case 'bed': {
      if (bed === undefined) return bedRows(columns)
      const writer = bedRows(bed.columns)
      return { ...writer, group: rows => writer.group(rows.map(row => bed.line(row as RowOf<Columns>))) }
    }
  }
}

async function* single(rows: readonly Row[]) {
  yield rows
}
