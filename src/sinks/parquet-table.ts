import parquet from 'parquetjs-lite'
import type { Cell, CellKind, Columns, Row, RowEncoder } from '../core/table.js'

/** Rows of a row group: some MB in memory, and enough for readers to skip by. */
const ROW_GROUP = 32_768

const TYPES = { text: 'UTF8', whole: 'INT64', real: 'DOUBLE', flag: 'BOOLEAN' } as const

export interface ParquetTableOptions {
  /** Key-value metadata of the file. */
  readonly metadata?: { readonly [key: string]: string }
}

/** A table as the bytes of a Parquet file; see `parquetRows`. */
export async function parquetTable(
  columns: Columns,
  rows: readonly Row[],
  options: ParquetTableOptions = {},
): Promise<Uint8Array> {
  async function* once() {
    yield rows
  }
  const pieces: Uint8Array[] = []
  for await (const piece of parquetRows(columns, options)(once())) pieces.push(piece)
  return Buffer.concat(pieces)
}

/**
 * Rows as a Parquet file, GZIP-compressed, in row groups of 32,768: text as UTF8, whole numbers as INT64, reals as
 * DOUBLE, flags as BOOLEAN. Every column may hold nulls; NaN and infinities are written as null.
 *
 * Errors: `TypeError`, for a value that is not of its column's kind.
 */
export function parquetRows(columns: Columns, { metadata = {} }: ParquetTableOptions = {}): RowEncoder {
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
  return async function* (batches) {
    const output = collector()
    const options = { rowGroupSize: ROW_GROUP, pageIndex: false }
    const writer = await parquet.ParquetWriter.openStream(schema, output, options)
    for (const [key, value] of Object.entries(metadata)) writer.setMetadata(key, value)
    for await (const rows of batches) {
      for (const row of rows) {
        await writer.appendRow(
          Object.fromEntries(kinds.map(([name, kind]) => [name, valueOf(name, kind, row[name] ?? null)])),
        )
        if (output.size() > 0) yield output.take()
      }
    }
    await writer.close()
    yield output.take()
  }
}

/** Keeps what the writer writes until it is taken. */
function collector() {
  let pieces: Uint8Array[] = []
  return {
    write(bytes: Uint8Array, done: () => void) {
      pieces.push(bytes)
      done()
    },
    end: (done: () => void) => done(),
    size: () => pieces.length,
    take() {
      const taken = Buffer.concat(pieces)
      pieces = []
      return taken
    },
  }
}

/** The value as the writer is to have it; it would turn wrong ones into something without a word. */
function valueOf(name: string, kind: CellKind, cell: Cell): Cell | undefined {
  if (cell === null) return undefined
  const fits =
    kind === 'text'
      ? typeof cell === 'string'
      : kind === 'flag'
        ? typeof cell === 'boolean'
        : kind === 'whole'
          ? Number.isSafeInteger(cell)
          : typeof cell === 'number'
  if (!fits) throw new TypeError(`column ${name} is of kind ${kind}, found ${JSON.stringify(cell)}`)
  return kind === 'real' && !Number.isFinite(cell) ? undefined : cell
}
