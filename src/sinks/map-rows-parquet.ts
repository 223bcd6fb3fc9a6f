import { mapMetadata } from '../sources/records/axes.js'
import { CELLS, ParquetRowGroupWriter, type SchemaElement } from './parquet-writer.js'
import type { MapElement, MapTable, MapWriter } from '../core/map-table.js'
import { cellOf } from '../core/rows.js'

const ELEMENTS = {
  float16: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
} as const

/**
 * Maps as a Parquet file, a row group at a time, with columns id, sequence, attributions, and truth, models and kept
 * columns where the table has them; lists as the format's LIST of three levels. Compressed as `ParquetRowGroupWriter` has it.
 */
export async function mapRowsParquet({
  element,
  truth,
  model,
  kept = {},
  metadata,
}: MapTable): Promise<MapWriter> {
  const columns = [
    [textElement('id')],
    [textElement('sequence')],
    ...(element ? [listElements('attributions', 'REQUIRED', element)] : []),
    ...(truth ? [listElements('truth', truth.optional ? 'OPTIONAL' : 'REQUIRED', truth.element)] : []),
    ...(model === undefined ? [] : [[textElement(model)]]),
    ...Object.entries(kept).map(([name, kind]) => [
      { name, repetition_type: 'OPTIONAL' as const, ...CELLS[kind] },
    ]),
  ]
  const schema = [{ name: 'schema', num_children: columns.length }, ...columns.flat()]
  const file = await ParquetRowGroupWriter.of(schema, mapMetadata(metadata))
  return {
    group({ ids, offsets, letters, attributions, truth: truths, models = [], kept: rows = [] }) {
      return file.pages(ids.length, pages => {
        pages.texts('id', ids.length, row => Buffer.from(ids[row]))
        pages.texts('sequence', ids.length, row => letters.subarray(offsets[row], offsets[row + 1]))
        if (element && attributions) {
          const four = offsets.map(at => 4 * at)
          pages.lists('attributions', ELEMENTS[element].type, { offsets: four, values: attributions })
        }
        if (truth && truths) pages.lists('truth', ELEMENTS[truth.element].type, truths)
        if (model !== undefined) pages.texts(model, ids.length, row => Buffer.from(models[row]))
        for (const [name, kind] of Object.entries(kept)) {
          pages.cells(
            name,
            kind,
            rows.map(row => cellOf(name, kind, row[name])),
          )
        }
      })
    },
    finish: () => file.finish(),
    save: () => file.save(),
    restore: saved => file.restore(saved),
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

/** The three levels that the format has for lists. */
function listElements(
  name: string,
  repetition_type: 'REQUIRED' | 'OPTIONAL',
  element: MapElement,
): SchemaElement[] {
  return [
    { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...ELEMENTS[element] },
  ]
}
