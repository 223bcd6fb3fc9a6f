import {
  BufferType,
  Data,
  type DataType,
  Field,
  Float16,
  Float32,
  Float64,
  List,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { CELL_TYPES, cellColumn } from './arrow-cells.js'
import { ArrowBatchWriter } from './arrow-writer.js'
import { mapMetadata } from '../sources/records/axes.js'
import { bitmapOf } from '../sources/columns/elements.js'
import type { MapElement, MapRows, MapTable, MapWriter, NumberLists } from '../core/map-table.js'

const ELEMENTS = { float16: new Float16(), float32: new Float32(), float64: new Float64() }
const TEXT = new Utf8()

export interface MapRowsArrowOptions {
  /** A file, the default, has an index at its end; a stream can be read while it is written. */
  readonly form?: 'file' | 'stream'
}

/**
 * Maps as Arrow IPC, a record batch at a time, uncompressed, with columns id, sequence, attributions, and truth, models and
 * kept columns where the table has them.
 */
export function mapRowsArrow(
  { element, truth, model, kept = {}, metadata }: MapTable,
  { form = 'file' }: MapRowsArrowOptions = {},
): MapWriter {
  const fields = [
    new Field('id', TEXT, false),
    new Field('sequence', TEXT, false),
    ...(element ? [new Field('attributions', listOf(element), false)] : []),
    ...(truth ? [new Field('truth', listOf(truth.element), truth.optional)] : []),
    ...(model === undefined ? [] : [new Field(model, TEXT, false)]),
    ...Object.entries(kept).map(([name, kind]) => new Field(name, CELL_TYPES[kind], true)),
  ]
  const schema = new Schema<{ [name: string]: DataType }>(fields, mapMetadata(metadata))
  const file = new ArrowBatchWriter(schema, form)

  function batchOf({
    ids,
    offsets,
    letters,
    attributions,
    truth: truths,
    models = [],
    kept: rows = [],
  }: MapRows): RecordBatch {
    const length = ids.length
    const columns = [
      textData(ids),
      new Data(TEXT, 0, length, 0, [offsets, letters]),
      ...(element && attributions
        ? [listData({ offsets: offsets.map(at => 4 * at), values: attributions }, element)]
        : []),
      ...(truth && truths ? [listData(truths, truth.element)] : []),
      ...(model === undefined ? [] : [textData(models)]),
      ...Object.entries(kept).map(([name, kind]) => cellColumn(name, kind, rows)),
    ]
    return new RecordBatch(schema, new Data(new Struct(fields), 0, length, 0, undefined, columns))
  }

  return {
    group: rows => file.batch(batchOf(rows)),
    finish: () => file.finish(),
    save: () => file.save(),
    restore: saved => file.restore(saved),
  }
}

function listOf(element: MapElement): List {
  return new List(new Field('item', ELEMENTS[element], false))
}

function listData({ offsets, values, nulls }: NumberLists, element: MapElement): Data {
  const items = new Data(ELEMENTS[element], 0, values.length, 0, [undefined, values])
  const nullCount = nulls?.reduce((count, isNull) => count + isNull, 0) ?? 0
  const buffers = {
    [BufferType.OFFSET]: offsets,
    ...(nulls && nullCount > 0 && { [BufferType.VALIDITY]: bitmapOf(nulls.length, row => nulls[row] === 0) }),
  }
  return new Data(listOf(element), 0, offsets.length - 1, nullCount, buffers, [items])
}

function textData(texts: readonly string[]): Data {
  const parts = texts.map(text => Buffer.from(text))
  const offsets = new Int32Array(parts.length + 1)
  for (const [i, { length }] of parts.entries()) offsets[i + 1] = offsets[i] + length
  return new Data(TEXT, 0, texts.length, 0, [offsets, Buffer.concat(parts)])
}
