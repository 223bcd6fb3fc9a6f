import { gzipSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { VERSION } from '../version.js'
import { loadZstd, zstdEncoder } from './zstd.js'

/** Uncompressed bytes of a page, about: what readers hold at least. */
const PAGE = 2 ** 20

export type { SchemaElement }

/** A column of rows, all of one length. */
export type GroupColumn = Pick<ColumnSource, 'name' | 'data' | 'encoding'>

/**
 * A Parquet file written a row group at a time: the bytes come out, nothing of them is kept. Compressed by ZSTD, or by
 * GZIP on platforms for which there is no native encoder of it; pages are of version 2. Statistics are of whole columns of a row group, where they are asked for.
 */
export class ParquetGroups {
  private readonly sink = new ByteWriter(2 ** 20)
  private readonly writer: ParquetWriter

  private constructor(
    schema: readonly SchemaElement[],
    metadata: ReadonlyMap<string, string>,
    statistics: boolean,
  ) {
    const zstd = zstdEncoder()
    this.writer = new ParquetWriter({
      writer: this.sink,
      schema: [...schema],
      codec: zstd === undefined ? 'GZIP' : 'ZSTD',
      compressors: zstd === undefined ? { GZIP: bytes => gzipSync(bytes) } : { ZSTD: zstd },
      statistics,
      kvMetadata: Array.from(metadata, ([key, value]) => ({ key, value })),
      createdBy: `attrstream ${VERSION}`,
    })
  }

  /** @param schema The root element first, then all others depth first, as the format has them. */
  static async of(
    schema: readonly SchemaElement[],
    metadata: ReadonlyMap<string, string>,
    { statistics = false } = {},
  ): Promise<ParquetGroups> {
    await loadZstd()
    return new ParquetGroups(schema, metadata, statistics)
  }

  /** The bytes of a row group; with the first come those that begin the file. */
  group(columns: readonly GroupColumn[]): Uint8Array {
    const rows = columns[0].data.length
    const columnData = columns.map(column => ({ ...column, offsetIndex: false }))
    if (rows > 0) void this.writer.write({ columnData, rowGroupSize: rows, pageSize: PAGE })
    return this.take()
  }

  /** The bytes that end the file. */
  finish(): Uint8Array {
    void this.writer.finish()
    return this.take()
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
