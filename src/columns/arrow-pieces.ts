import {
  AsyncByteQueue,
  Message,
  type RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  type Schema,
  type TypeMap,
} from 'apache-arrow'

/** Arrow IPC written a record batch at a time: the bytes come out, nothing of them is kept. */
export class ArrowPieces {
  private readonly written = new Written()
  private readonly writer

  /** @param form A file has an index at its end; a stream can be read while it is written. */
  constructor(schema: Schema, form: 'file' | 'stream') {
    this.writer = form === 'file' ? new FileWriter() : new RecordBatchStreamWriter()
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
}

/** The package's writer leaves out the schema in front, which the format has: a file is a stream between two marks. */
class FileWriter extends RecordBatchFileWriter {
  protected override _writeSchema<T extends TypeMap>(schema: Schema<T>): this {
    super._writeSchema(schema)
    return this._writeMessage(Message.from(schema))
  }
}

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
