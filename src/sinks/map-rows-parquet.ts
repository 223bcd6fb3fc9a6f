import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js'
import {
  MAP_METADATA,
  type MapElement,
  type MapEncoder,
  type MapRows,
  type MapTable,
  type MapValues,
} from '../core/map-rows.js'

type RowGroup = ParquetWriter['row_groups'][number]
type ColumnChunk = RowGroup['columns'][number]

/** A codec by the name that the format has for it. */
export interface PageCodec {
  readonly name: 'ZSTD' | 'SNAPPY' | 'GZIP'
  readonly encode: (bytes: Uint8Array) => Uint8Array
}

export interface MapRowsParquetOptions {
  /** None by default: the low bits of gradients are noise, which hardly shrinks. */
  readonly codec?: PageCodec | undefined
  /** What the file says that it was written by. */
  readonly createdBy?: string
}

const ELEMENTS: { readonly [element in MapElement]: Omit<SchemaElement, 'name'> } = {
  float16: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
}

/** Bytes of a page before compression, which ends at the row that passes them: pyarrow's own default. */
const PAGE = 2 ** 20

/**
 * Maps as a Parquet file: a row group for each run of rows, with columns id, sequence, attributions and truth, lists as
 * the format's LIST of three levels, without nulls.
 *
 * Pages are put together here, from the bytes of typed arrays as they are, since hyparquet-writer takes lists as arrays of
 * boxed numbers, one at a time; its are headers, levels and footer.
 */
export function mapRowsParquet(
  table: MapTable,
  { codec, createdBy = 'attrstream' }: MapRowsParquetOptions = {},
): MapEncoder {
  const lists = table.truth ? (['attributions', 'truth'] as const) : (['attributions'] as const)
  const schema: SchemaElement[] = [
    { name: 'maps', num_children: 2 + lists.length },
    textElement('id'),
    textElement('sequence'),
    ...lists.flatMap(name => listElements(name, table.element)),
  ]
  const metadata = { ...MAP_METADATA, ...table.metadata }
  return async function* (batches) {
    const bytes = new Pieces()
    const writer = new ParquetWriter({
      writer: bytes,
      schema,
      codec: codec?.name ?? 'UNCOMPRESSED',
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      createdBy,
    })
    for await (const rows of batches) {
      if (rows.ids.length === 0) continue
      const columns = new Columns(bytes, codec)
      columns.texts('id', rows.ids.length, row => Buffer.from(rows.ids[row]))
      columns.texts('sequence', rows.ids.length, row =>
        rows.letters.subarray(rows.offsets[row], rows.offsets[row + 1]),
      )
      for (const name of lists) columns.lists(name, table.element, rows, rows[name] as MapValues)
      writer.row_groups.push(columns.group(rows.ids.length))
      writer.num_rows += BigInt(rows.ids.length)
      yield bytes.take()
    }
    await writer.finish()
    yield bytes.take()
  }
}

/** What the writer wrote since it was last asked; positions count from the file's start. */
class Pieces extends ByteWriter {
  take(): Uint8Array {
    const taken = this.getBytes().slice()
    this.index = 0
    return taken
  }
}

/** The column chunks of a row group, written one after the other. */
class Columns {
  private readonly chunks: ColumnChunk[] = []
  private readonly start: number

  constructor(
    private readonly bytes: ByteWriter,
    private readonly codec: PageCodec | undefined,
  ) {
    this.start = bytes.offset
  }

  texts(name: string, rows: number, at: (row: number) => Uint8Array): void {
    const chunk = this.open()
    let page = new ByteWriter()
    let first = 0
    for (let row = 0; row < rows; row++) {
      const text = at(row)
      page.appendUint32(text.length)
      page.appendBytes(text)
      if (page.offset < PAGE && row + 1 < rows) continue
      chunk.page(row + 1 - first, row + 1 - first, NO_LEVELS, page.getBytes())
      page = new ByteWriter()
      first = row + 1
    }
    this.close(chunk, 'BYTE_ARRAY', [name], rows)
  }

  lists(name: string, element: MapElement, { offsets }: MapRows, values: MapValues): void {
    const chunk = this.open()
    const rows = offsets.length - 1
    const width = values.BYTES_PER_ELEMENT
    let first = 0
    let entries = 0
    for (let row = 0; row < rows; row++) {
      if (4 * (offsets[row + 1] - offsets[first]) * width < PAGE && row + 1 < rows) continue
      const from = 4 * offsets[first]
      const to = 4 * offsets[row + 1]
      const levels = levelsOf(offsets, first, row + 1)
      const body = new Uint8Array(values.buffer, values.byteOffset + from * width, (to - from) * width)
      chunk.page(levels.entries, row + 1 - first, levels, body)
      entries += levels.entries
      first = row + 1
    }
    this.close(chunk, ELEMENTS[element].type, [name, 'list', 'element'], entries)
  }

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

  private close(chunk: Chunk, type: SchemaElement['type'], path: string[], values: number): void {
    this.chunks.push({
      file_offset: BigInt(chunk.start),
      meta_data: {
        type: type as NonNullable<typeof type>,
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

/** Levels of the rows of a page, encoded. */
interface Levels {
  /** Values, and lists without any. */
  readonly entries: number
  readonly nulls: number
  readonly bytes: Uint8Array
  readonly repetition: number
  readonly definition: number
}

const NO_LEVELS: Levels = { entries: 0, nulls: 0, bytes: new Uint8Array(0), repetition: 0, definition: 0 }

/** A list starts with repetition 0 and goes on with 1; a value has definition 1, an empty list 0. */
function levelsOf(offsets: Int32Array, first: number, end: number): Levels {
  let entries = 0
  let nulls = 0
  for (let row = first; row < end; row++) {
    const count = 4 * (offsets[row + 1] - offsets[row])
    entries += Math.max(1, count)
    if (count === 0) nulls++
  }
  const repetitions = new Uint8Array(entries).fill(1)
  const definitions = new Uint8Array(entries).fill(1)
  for (let row = first, at = 0; row < end; row++) {
    const count = 4 * (offsets[row + 1] - offsets[row])
    repetitions[at] = 0
    if (count === 0) definitions[at] = 0
    at += Math.max(1, count)
  }
  const bytes = new ByteWriter()
  const repetition = writeRleBitPackedHybrid(bytes, repetitions, 1)
  const definition = writeRleBitPackedHybrid(bytes, definitions, 1)
  return { entries, nulls, bytes: bytes.getBytes(), repetition, definition }
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

  page(entries: number, rows: number, levels: Levels, body: Uint8Array): void {
    const stored = this.codec === undefined ? body : this.codec.encode(body)
    const before = this.bytes.offset
    writePageHeader(this.bytes, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.bytes.length + body.length,
      compressed_page_size: levels.bytes.length + stored.length,
      data_page_header_v2: {
        num_values: entries,
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

function textElement(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: 'REQUIRED',
  }
}

function listElements(name: string, element: MapElement): SchemaElement[] {
  return [
    {
      name,
      repetition_type: 'REQUIRED',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...ELEMENTS[element] },
  ]
}
