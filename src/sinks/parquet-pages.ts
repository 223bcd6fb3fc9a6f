import { ByteWriter, type ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import type { NumberLists } from '../core/map-table.js'
import type { Cell, CellKind } from '../core/table.js'
import { bitmapOf } from '../sources/columns/elements.js'

type RowGroup = ParquetWriter['row_groups'][number]
type ColumnChunk = RowGroup['columns'][number]

/** A codec by the name that the format has for it. */
export interface PageCodec {
  readonly name: 'ZSTD' | 'SNAPPY' | 'GZIP'
  readonly encode: (bytes: Uint8Array) => Uint8Array
}

/** Bytes of a page before compression, which ends at the row that passes them: pyarrow's own default. */
const PAGE = 2 ** 20

/**
 * The column chunks of a row group, written one after the other: texts, and lists of three levels whose values lie in
 * typed arrays. hyparquet-writer takes lists as arrays of boxed numbers, one at a time, at some 25 MB/s; here their bytes
 * become pages as they are, at several times that, and the package gives headers.
 */
export class PageColumns {
  private readonly chunks: ColumnChunk[] = []
  private readonly start: number

  constructor(
    private readonly bytes: ByteWriter,
    private readonly codec: PageCodec | undefined,
  ) {
    this.start = bytes.offset
  }

  /** A required column of text: UTF-8 bytes of each row. */
  texts(name: string, rows: number, at: (row: number) => Uint8Array): void {
    const chunk = this.open()
    let page = new ByteWriter()
    let first = 0
    for (let row = 0; row < rows; row++) {
      const text = at(row)
      page.appendUint32(text.length)
      page.appendBytes(text)
      if (page.offset < PAGE && row + 1 < rows) continue
      const entries = row + 1 - first
      chunk.page(entries, { entries, nulls: 0, bytes: NONE, repetition: 0, definition: 0 }, page.getBytes())
      page = new ByteWriter()
      first = row + 1
    }
    this.close(chunk, 'BYTE_ARRAY', [name], rows)
  }

  /** An optional column of one value a row. */
  cells(name: string, kind: CellKind, cells: readonly Cell[]): void {
    const chunk = this.open()
    for (let first = 0; first === 0 || first < cells.length; first += CELLS_A_PAGE) {
      const page = cells.slice(first, first + CELLS_A_PAGE)
      const levels = new ByteWriter()
      const definitions = new Runs()
      for (const cell of page) definitions.add(cell === null ? 0 : 1, 1)
      const definition = definitions.write(levels)
      const there = page.filter(cell => cell !== null)
      const nulls = page.length - there.length
      chunk.page(
        page.length,
        { entries: page.length, nulls, bytes: levels.getBytes(), repetition: 0, definition },
        plainCells(kind, there),
      )
    }
    this.close(chunk, PHYSICAL[kind], [name], cells.length)
  }

  /** A column of lists; `type` is that of its elements. */
  lists(name: string, type: NonNullable<SchemaElement['type']>, column: NumberLists): void {
    const chunk = this.open()
    const { offsets, values } = column
    const rows = offsets.length - 1
    const width = values.BYTES_PER_ELEMENT
    let first = 0
    let entries = 0
    for (let row = 0; row < rows; row++) {
      if ((offsets[row + 1] - offsets[first]) * width < PAGE && row + 1 < rows) continue
      const levels = levelsOf(column, first, row + 1)
      const [from, to] = [offsets[first], offsets[row + 1]]
      const body = new Uint8Array(values.buffer, values.byteOffset + from * width, (to - from) * width)
      chunk.page(row + 1 - first, levels, body)
      entries += levels.entries
      first = row + 1
    }
    this.close(chunk, type, [name, 'list', 'element'], entries)
  }

  /** What the footer holds of the row group. */
  group(rows: number): RowGroup {
    let size = 0n
    for (const { meta_data } of this.chunks) size += meta_data?.total_uncompressed_size ?? 0n
    return {
      columns: this.chunks,
      total_byte_size: size,
      num_rows: BigInt(rows),
      total_compressed_size: BigInt(this.bytes.offset - this.start),
    }
  }

  private open(): Chunk {
    return new Chunk(this.bytes, this.codec)
  }

  private close(
    chunk: Chunk,
    type: NonNullable<SchemaElement['type']>,
    path: string[],
    values: number,
  ): void {
    this.chunks.push({
      file_offset: BigInt(chunk.start),
      meta_data: {
        type,
        encodings: ['PLAIN', 'RLE'],
        path_in_schema: path,
        codec: this.codec?.name ?? 'UNCOMPRESSED',
        num_values: BigInt(values),
        total_uncompressed_size: BigInt(chunk.uncompressed),
        total_compressed_size: BigInt(this.bytes.offset - chunk.start),
        data_page_offset: BigInt(chunk.start),
      },
    })
  }
}

const NONE = new Uint8Array(0)

/** Rows of a page of a column of one value a row. */
const CELLS_A_PAGE = 2 ** 16

const PHYSICAL = { text: 'BYTE_ARRAY', whole: 'INT64', real: 'DOUBLE', flag: 'BOOLEAN' } as const

/** Values in the encoding PLAIN: flags are bits, the lowest first. */
function plainCells(kind: CellKind, cells: readonly NonNullable<Cell>[]): Uint8Array {
  if (kind === 'flag') return bitmapOf(cells.length, i => cells[i] === true)
  const bytes = new ByteWriter()
  for (const cell of cells) {
    if (kind === 'whole') bytes.appendInt64(BigInt(cell))
    else if (kind === 'real') bytes.appendFloat64(Number(cell))
    else {
      const text = Buffer.from(String(cell))
      bytes.appendUint32(text.length)
      bytes.appendBytes(text)
    }
  }
  return bytes.getBytes()
}

/** Levels of the rows of a page, encoded. */
interface Levels {
  /** Values, and rows without any. */
  readonly entries: number
  /** Rows without any. */
  readonly nulls: number
  readonly bytes: Uint8Array
  /** Bytes of the levels of each kind. */
  readonly repetition: number
  readonly definition: number
}

/**
 * A list starts with repetition 0 and goes on with 1. Definition is highest for a value, one less for an empty list, and
 * in an optional column two less for a null.
 */
function levelsOf({ offsets, nulls }: NumberLists, first: number, end: number): Levels {
  const highest = nulls === undefined ? 1 : 2
  let entries = 0
  let without = 0
  for (let row = first; row < end; row++) {
    const count = offsets[row + 1] - offsets[row]
    entries += Math.max(1, count)
    if (count === 0) without++
  }
  const repetitions = new Runs()
  const definitions = new Runs()
  for (let row = first; row < end; row++) {
    const count = offsets[row + 1] - offsets[row]
    repetitions.add(0, 1)
    if (count > 1) repetitions.add(1, count - 1)
    if (count > 0) definitions.add(highest, count)
    else definitions.add(nulls?.[row] === 1 ? 0 : highest - 1, 1)
  }
  const bytes = new ByteWriter()
  const repetition = repetitions.write(bytes)
  const definition = definitions.write(bytes)
  return { entries, nulls: without, bytes: bytes.getBytes(), repetition, definition }
}

/** Levels as the format's runs of one value: a list is two of them, whatever its length. */
class Runs {
  private readonly runs: [level: number, count: number][] = []

  add(level: number, count: number): void {
    const last = this.runs.at(-1)
    if (last?.[0] === level) last[1] += count
    else this.runs.push([level, count])
  }

  /** Bytes written. */
  write(bytes: ByteWriter): number {
    const start = bytes.offset
    for (const [level, count] of this.runs) {
      bytes.appendVarInt(count * 2) // the lowest bit says that it is a run
      bytes.appendUint8(level)
    }
    return bytes.offset - start
  }
}

/** The pages of a column in a row group. */
class Chunk {
  readonly start: number
  uncompressed = 0

  constructor(
    private readonly bytes: ByteWriter,
    private readonly codec: PageCodec | undefined,
  ) {
    this.start = bytes.offset
  }

  page(rows: number, levels: Levels, body: Uint8Array): void {
    const stored = this.codec === undefined ? body : this.codec.encode(body)
    const before = this.bytes.offset
    writePageHeader(this.bytes, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.bytes.length + body.length,
      compressed_page_size: levels.bytes.length + stored.length,
      data_page_header_v2: {
        num_values: levels.entries,
        num_nulls: levels.nulls,
        num_rows: rows,
        encoding: 'PLAIN',
        definition_levels_byte_length: levels.definition,
        repetition_levels_byte_length: levels.repetition,
        is_compressed: this.codec !== undefined,
      },
    })
    this.uncompressed += this.bytes.offset - before + levels.bytes.length + body.length
    this.bytes.appendBytes(levels.bytes)
    this.bytes.appendBytes(stored)
  }
}
