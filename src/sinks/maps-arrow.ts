import {
  type DataType,
  Field,
  Float16,
  Float32,
  Float64,
  List,
  makeData,
  Message,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  type TypeMap,
  Utf8,
} from 'apache-arrow'
import type { Lists, MapsBatch, MapsShape } from '../columns/maps-batch.js'

const ELEMENTS = { float16: new Float16(), float32: new Float32(), float64: new Float64() } as const

/** An Arrow IPC file of maps, written a record batch at a time, uncompressed: the bytes come out, none are kept. */
export class MapsArrow {
  private readonly writer = new FileWriter()
  private readonly schema: Schema
  private readonly element: DataType

  constructor(
    private readonly shape: MapsShape,
    metadata: ReadonlyMap<string, string>,
  ) {
    this.element = ELEMENTS[shape.element]
    const fields = [
      new Field('id', new Utf8(), false),
      new Field('sequence', new Utf8(), false),
      new Field('attributions', listOf(this.element), false),
    ]
    if (shape.truth) fields.push(new Field('truth', listOf(new Float32()), true))
    if (shape.model !== undefined) fields.push(new Field(shape.model, new Utf8(), false))
    this.schema = new Schema(fields, new Map(metadata))
    this.writer.begin(this.schema)
  }

  /** The bytes of a record batch; with the first come those that begin the file. */
  group(batch: MapsBatch): Uint8Array {
    const { fields } = this.schema
    const { truths } = batch
    const children = [
      textData(batch.ids),
      textData(batch.sequences),
      listData(batch.attributions, this.element),
    ]
    if (this.shape.truth) children.push(listData(truths, new Float32(), truths.nulls))
    if (this.shape.model !== undefined) children.push(textData(batch.models))
    const data = makeData({ type: new Struct(fields), length: batch.rows, children })
    this.writer.write(new RecordBatch(this.schema, data))
    return this.writer.take()
  }

  /** The bytes that end the file. */
  finish(): Uint8Array {
    this.writer.end(this.schema)
    return this.writer.take()
  }

  /** All that is needed to go on in a later process. */
  save(): string {
    return JSON.stringify(this.writer.blocks())
  }

  /** Goes on from what `save` gave. */
  restore(saved: string): void {
    this.writer.restore(JSON.parse(saved) as Blocks)
  }
}

interface Blocks {
  readonly position: number
  readonly blocks: readonly (readonly [metaDataLength: number, bodyLength: number, offset: number])[]
}

/** The package's writer, its bytes taken as they come, and its places kept and given back. */
class FileWriter extends RecordBatchFileWriter {
  private pieces: Uint8Array[] = []

  begin(schema: Schema): void {
    this._started = true
    this._schema = schema
    this._writeSchema(schema)
  }

  end(schema: Schema): void {
    this._writeFooter(schema)
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.pieces)
    this.pieces = []
    return bytes
  }

  blocks(): Blocks {
    return {
      position: this._position,
      blocks: this._recordBatchBlocks.map(({ metaDataLength, bodyLength, offset }) => [
        metaDataLength,
        bodyLength,
        offset,
      ]),
    }
  }

  restore({ position, blocks }: Blocks): void {
    this.pieces = []
    this._position = position

    this._recordBatchBlocks = blocks.map(([metaDataLength, bodyLength, offset]) => ({
      metaDataLength,
      bodyLength,
      offset,
    }))
  }

  /** The schema stands in front too, as the format has it: a file is a stream between two marks. */
  protected override _writeSchema<T extends TypeMap>(schema: Schema<T>): this {
    super._writeSchema(schema)
    return this._writeMessage(Message.from(schema))
  }

  protected override _write(chunk: ArrayBufferView): this {
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.pieces.push(bytes)
    this._position += bytes.length
    return this
  }
}

function listOf(element: DataType) {
  return new List(new Field('item', element, false))
}

function listData({ offsets, values }: Lists<ArrayBufferView>, element: DataType, nulls?: Uint8Array) {
  const child = makeData({ type: element, data: values } as never)
  const length = offsets.length - 1
  const some = nulls?.includes(1) === true
  return makeData({
    type: listOf(element),
    length,
    valueOffsets: offsets,
    child,
    ...(some ? { nullBitmap: bitmap(nulls) } : {}),
  })
}

/** One bit a row: set where it is not null. */
function bitmap(nulls: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(nulls.length / 8))
  for (let i = 0; i < nulls.length; i++) if (nulls[i] === 0) bits[i >> 3] |= 1 << (i & 7)
  return bits
}

function textData(texts: readonly string[]) {
  const parts = texts.map(text => Buffer.from(text))
  const offsets = new Int32Array(parts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
  return makeData({
    type: new Utf8(),
    length: texts.length,
    valueOffsets: offsets,
    data: Buffer.concat(parts),
  })
}
