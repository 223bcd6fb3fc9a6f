import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import {
  Field,
  Float32,
  List,
  makeData,
  Message,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { makeBatch, ROWS_PER_BATCH } from './maps.mjs'

const encoder = new TextEncoder()

/** Offsets of lists that are all of one length. */
function evenly(count, length) {
  return Int32Array.from({ length: count + 1 }, (_, i) => i * length)
}

function textData(texts) {
  const parts = texts.map(text => encoder.encode(text))
  const offsets = new Int32Array(parts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
  const data = new Uint8Array(offsets[parts.length])
  for (const [i, part] of parts.entries()) data.set(part, offsets[i])
  return makeData({ type: new Utf8(), length: parts.length, valueOffsets: offsets, data })
}

/** apache-arrow's writer leaves out the schema message in front of the batches, which the format asks for. */
class FileWriter extends RecordBatchFileWriter {
  _writeSchema(schema) {
    return super._writeSchema(schema)._writeMessage(Message.from(schema))
  }
}

/** Writes an Arrow IPC file of list<float32> maps in batches of 64 rows, holding one batch at a time. */
export async function writeArrow(path, batches, length) {
  const item = new Field('item', new Float32(), false)
  const fields = [
    new Field('id', new Utf8(), false),
    new Field('sequence', new Utf8(), false),
    new Field('attributions', new List(item), false),
  ]
  const schema = new Schema(fields, new Map([['attrstream.axes', 'L4']]))
  const file = createWriteStream(`${path}.part`)
  const writer = new FileWriter()
  const bytes = writer[Symbol.asyncIterator]()
  const pumped = (async () => {
    for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
      if (!file.write(next.value)) await once(file, 'drain')
    }
    file.end()
    await finished(file)
  })()
  for (let index = 0; index < batches; index++) {
    const rows = ROWS_PER_BATCH
    const { ids, letters, values } = makeBatch(index, rows, length)
    const columns = [
      textData(ids),
      makeData({ type: new Utf8(), length: rows, valueOffsets: evenly(rows, length), data: letters }),
      makeData({
        type: fields[2].type,
        length: rows,
        valueOffsets: evenly(rows, 4 * length),
        child: makeData({ type: new Float32(), length: values.length, data: values }),
      }),
    ]
    writer.write(new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, children: columns })))
    // The writer queues without bound: let the pump catch up.
    if (index % 16 === 15) while (file.writableLength > 0) await new Promise(resolve => setTimeout(resolve, 1))
  }
  writer.close()
  await pumped
  await rename(`${path}.part`, path)
}
