import { Field, Float32, List, makeData, RecordBatch, Schema, Struct, Utf8 } from 'apache-arrow'
import { makeBatch, ROWS_PER_BATCH } from './maps.mjs'

const encoder = new TextEncoder()
const FIELDS = [
  new Field('id', new Utf8(), false),
  new Field('sequence', new Utf8(), false),
  new Field('attributions', new List(new Field('item', new Float32(), false)), false),
]

export const SCHEMA = new Schema(FIELDS, new Map([['attrstream.axes', 'L4']]))

/** The batches of a dump, one at a time. */
export function* recordBatches(batches, length) {
  for (let index = 0; index < batches; index++) {
    yield recordBatch(makeBatch(index, ROWS_PER_BATCH, length), length)
  }
}

/** Made-up maps of length L as a record batch: id, sequence and attributions as list<float32>. */
export function recordBatch({ ids, letters, values }, length) {
  const rows = ids.length
  const columns = [
    textData(ids),
    makeData({ type: new Utf8(), length: rows, valueOffsets: evenly(rows, length), data: letters }),
    makeData({
      type: FIELDS[2].type,
      length: rows,
      valueOffsets: evenly(rows, 4 * length),
      child: makeData({ type: new Float32(), length: values.length, data: values }),
    }),
  ]
  return new RecordBatch(SCHEMA, makeData({ type: new Struct(FIELDS), length: rows, children: columns }))
}

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
