import { Data, Field, Float16, Float32, Float64, List, RecordBatch, Schema, Struct, Utf8 } from 'apache-arrow'
import { ArrowPieces } from '../columns/arrow-pieces.js'
import {
  MAP_METADATA,
  type MapEncoder,
  type MapRows,
  type MapTable,
  type MapValues,
} from '../core/map-rows.js'

const ELEMENTS = { float16: new Float16(), float32: new Float32(), float64: new Float64() }
const TEXT = new Utf8()

export interface MapRowsArrowOptions {
  /** A file, the default, has an index at its end; a stream can be read while it is written. */
  readonly form?: 'file' | 'stream'
}

/** Maps as Arrow IPC: a record batch for each run of rows, with columns id, sequence, attributions and truth. */
export function mapRowsArrow(
  { element, truth, metadata }: MapTable,
  { form = 'file' }: MapRowsArrowOptions = {},
): MapEncoder {
  const type = ELEMENTS[element]
  const maps = new List(new Field('item', type, false))
  const fields = [
    new Field('id', TEXT, false),
    new Field('sequence', TEXT, false),
    new Field('attributions', maps, false),
    ...(truth ? [new Field('truth', maps, false)] : []),
  ]
  const schema = new Schema(fields, new Map(Object.entries({ ...MAP_METADATA, ...metadata })))

  function batchOf({ ids, offsets, letters, ...rows }: MapRows): RecordBatch {
    const length = ids.length
    const four = offsets.map(at => 4 * at)
    const lists = (values: MapValues) =>
      new Data(maps, 0, length, 0, [four], [new Data(type, 0, values.length, 0, [undefined, values])])
    const columns = [
      textData(ids),
      new Data(TEXT, 0, length, 0, [offsets, letters]),
      lists(rows.attributions),
      ...(truth ? [lists(rows.truth as MapValues)] : []),
    ]
    return new RecordBatch(schema, new Data(new Struct(fields), 0, length, 0, undefined, columns))
  }

  return async function* (batches) {
    const file = new ArrowPieces(schema, form)
    for await (const rows of batches) yield file.batch(batchOf(rows))
    yield file.finish()
  }
}

function textData(texts: readonly string[]): Data {
  const offsets = new Int32Array(texts.length + 1)
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i] + Buffer.byteLength(text)
  return new Data(TEXT, 0, texts.length, 0, [offsets, Buffer.from(texts.join(''))])
}
