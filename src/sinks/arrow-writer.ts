import { AsyncByteQueue, Message, type RecordBatch, RecordBatchFileWriter, type Schema } from 'apache-arrow'

/** Arrow IPC written a record batch at a time: the bytes come out, nothing of them is kept. */
export class ArrowBatchWriter {
  private readonly written = new Written()
  private readonly writer

  /** @param form A file has an index at its end; a stream can be read while it is written. */
  constructor(schema: Schema, form: 'file' | 'stream') {
    this.writer = new Writer(form)
    this.writer.reset(this.written, schema)
  }

  /** The bytes of a record batch, a copy of its buffers; with the first come those that begin the file. */
  batch(batch: RecordBatch): Uint8Array {
    this.writer.write(batch)
    return this.written.take()
  }

  /** The bytes that end it. */
  finish(): Uint8Array {
    this.writer.finish()
    return this.written.take()
  }

  /** All that is needed to go on in a later process. */
  save(): string {
    return JSON.stringify(this.writer.place())
  }

  /** Goes on from what `save` gave. */
  restore(saved: string): void {
    this.written.take()
    this.writer.goOn(JSON.parse(saved) as Place)
  }
}

/** Bytes so far, and where the record batches among them are. */
interface Place {
  readonly position: number
  readonly blocks: readonly (readonly [metaDataLength: number, bodyLength: number, offset: number])[]
}

/**
 * A file is a stream between two marks, with an index before the last; the package's own leaves out the schema in front,
 * which the format has.
 */
class Writer extends RecordBatchFileWriter {
  constructor(private readonly form: 'file' | 'stream') {
    super()
  }

  place(): Place {
    const blocks = this._recordBatchBlocks.map(
      ({ metaDataLength, bodyLength, offset }) => [metaDataLength, bodyLength, offset] as const,
    )
    return { position: this._position, blocks }
  }

  goOn({ position, blocks }: Place): void {
    this._position = position
    this._recordBatchBlocks = blocks.map(([metaDataLength, bodyLength, offset]) => ({
      metaDataLength,
      bodyLength,
      offset,
    }))
  }

  protected override _writeSchema(schema: Schema): this {
    if (this.form === 'file') super._writeSchema(schema)
    return this._writeMessage(Message.from(schema))
  }

  protected override _writeFooter(schema: Schema): this {
    return this.form === 'file' ? super._writeFooter(schema) : this._write(END_OF_STREAM)
  }
}

const END_OF_STREAM = Int32Array.of(-1, 0)

/** Keeps what the writer writes until it is taken. */
class Written extends AsyncByteQueue {
  private pieces: Uint8Array[] = []

  override write(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.pieces.push(bytes)
  }

  take(): Uint8Array {
    const taken = Buffer.concat(this.pieces)
    this.pieces = []
    return taken
  }
}
