import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Message, RecordBatchFileWriter } from 'apache-arrow'

/** apache-arrow's writer leaves out the schema message in front of the batches, which other writers have there. */
class FileWriter extends RecordBatchFileWriter {
  _writeSchema(schema) {
    return super._writeSchema(schema)._writeMessage(Message.from(schema))
  }

  /** The bytes of what was written so far. */
  *drain() {
    const { _values: queued } = this._sink
    while (queued.length > 0) yield queued.shift()
  }
}

/** Writes record batches as an Arrow IPC file, holding one batch at a time. */
export async function writeArrow(path, batches) {
  const writer = new FileWriter()
  function* bytes() {
    for (const batch of batches) {
      writer.write(batch)
      yield* writer.drain()
    }
    writer.finish()
    yield* writer.drain()
  }
  await pipeline(bytes, createWriteStream(`${path}.part`))
  await rename(`${path}.part`, path)
}
