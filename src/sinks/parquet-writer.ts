import { gzipSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import type { CellKind } from '../core/table.js'
import { VERSION } from '../version.js'
import { type PageCodec, PageColumns } from './parquet-pages.js'
import { loadZstd, zstdEncoder } from '../io/zstd.js'

/** Uncompressed bytes of a page, about: what readers hold at least. */
const PAGE = 2 ** 20

export type { SchemaElement }

/** What a column of cells of each kind is in a schema, but for its name. */
export const CELLS: { readonly [kind in CellKind]: Omit<SchemaElement, 'name'> } = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  whole: { type: 'INT64' },
  real: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
}

/** A column of rows, all of one length. */
export type GroupColumn = Pick<ColumnSource, 'name' | 'data' | 'encoding'>

/**
 * A Parquet file written a row group at a time: the bytes come out, nothing of them is kept. Compressed by ZSTD, or by
 * GZIP on platforms for which there is no native encoder of it; pages are of version 2. Statistics are of whole columns of a row group, where they are asked for.
 */
export class ParquetRowGroupWriter {
  private readonly sink = new ByteWriter(2 ** 20)
  private readonly writer: ParquetWriter
  private readonly codec: PageCodec

  private constructor(
    schema: readonly SchemaElement[],
    metadata: ReadonlyMap<string, string>,
    statistics: boolean,
  ) {
    const zstd = zstdEncoder()
    this.codec =
      zstd === undefined ? { name: 'GZIP', encode: bytes => gzipSync(bytes) } : { name: 'ZSTD', encode: zstd }
    this.writer = new ParquetWriter({
      writer: this.sink,
      schema: [...schema],
      codec: this.codec.name,
      compressors: { [this.codec.name]: this.codec.encode },
      statistics,
      // An empty list of none would be one of another type, which parquet-rs refuses.
      ...(metadata.size > 0 && { kvMetadata: Array.from(metadata, ([key, value]) => ({ key, value })) }),
      createdBy: `attrstream ${VERSION}`,
    })
  }

  /** @param schema The root element first, then all others depth first, as the format has them. */
  static async of(
    schema: readonly SchemaElement[],
    metadata: ReadonlyMap<string, string>,
    { statistics = false } = {},
  ): Promise<ParquetRowGroupWriter> {
    await loadZstd()
    return new ParquetRowGroupWriter(schema, metadata, statistics)
  }

  /** The bytes of a row group; with the first come those that begin the file. */
  group(columns: readonly GroupColumn[]): Uint8Array {
    const rows = columns[0].data.length
    const columnData = columns.map(column => ({ ...column, offsetIndex: false }))
    if (rows > 0) void this.writer.write({ columnData, rowGroupSize: rows, pageSize: PAGE })
    return this.take()
  }

  /**
   * The bytes of a row group whose columns `write` puts down, in the order of the schema: faster than `group` for lists,
   * and without statistics.
   */
  pages(rows: number, write: (columns: PageColumns) => void): Uint8Array {
    const columns = new PageColumns(this.sink, this.codec)
    write(columns)
    if (rows > 0) {
      this.writer.row_groups.push(columns.group(rows))
      this.writer.num_rows += BigInt(rows)
    }
    return this.take()
  }

  /** The bytes that end the file. */
  finish(): Uint8Array {
    void this.writer.finish()
    const bytes = this.take()
    if (this.writer.row_groups.length === 0) nameStructs(bytes)
    return bytes
  }

  /** All that is needed to go on in a later process. */
  save(): string {
    const { row_groups, num_rows } = this.writer
    return JSON.stringify({ offset: this.sink.offset, row_groups, num_rows }, (_key, value) =>
      typeof value === 'bigint' ? { whole: String(value) } : value,
    )
  }

  /** Goes on from what `save` gave. */
  restore(saved: string): void {
    const { offset, row_groups, num_rows } = JSON.parse(saved, (_key, value) =>
      typeof value?.whole === 'string' ? BigInt(value.whole) : value,
    )
    this.take()
    this.sink.offset = offset
    this.writer.row_groups = row_groups
    this.writer.num_rows = num_rows
  }

  private take(): Uint8Array {
    const bytes = this.sink.getBytes().slice()
    this.sink.index = 0
    return bytes
  }
}

/** In a footer: no rows (field 3, I64 0), and no row groups (field 4, a list of none, of no type). */
const NO_GROUPS = Buffer.from([0x16, 0x00, 0x19, 0x00])
const STRUCTS = 0x0c

/** hyparquet-writer gives a list of no row groups no type, which parquet-rs refuses: structs is what they are. */
function nameStructs(footer: Uint8Array): void {
  const at = Buffer.from(footer.buffer, footer.byteOffset, footer.byteLength).lastIndexOf(NO_GROUPS)
  if (at >= 0) footer[at + NO_GROUPS.length - 1] = STRUCTS
}
