import { ParquetGroups, type SchemaElement } from '../columns/parquet-groups.js'
import {
  MAP_METADATA,
  type MapElement,
  type MapEncoder,
  type MapTable,
  type MapValues,
} from '../core/map-rows.js'

const ELEMENTS = {
  float16: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
} as const

/**
 * Maps as a Parquet file: a row group for each run of rows, with columns id, sequence, attributions and truth, lists as
 * the format's LIST of three levels, without nulls. Compressed as `ParquetGroups` has it.
 */
export function mapRowsParquet({ element, truth, metadata }: MapTable): MapEncoder {
  const lists = truth ? (['attributions', 'truth'] as const) : (['attributions'] as const)
  const schema: SchemaElement[] = [
    { name: 'maps', num_children: 2 + lists.length },
    textElement('id'),
    textElement('sequence'),
    ...lists.flatMap(name => listElements(name, element)),
  ]
  return async function* (batches) {
    const file = await ParquetGroups.of(schema, new Map(Object.entries({ ...MAP_METADATA, ...metadata })))
    for await (const rows of batches) {
      const { ids, offsets, letters } = rows
      if (ids.length === 0) continue
      const four = offsets.map(at => 4 * at)
      yield file.pages(ids.length, columns => {
        columns.texts('id', ids.length, row => Buffer.from(ids[row]))
        columns.texts('sequence', ids.length, row => letters.subarray(offsets[row], offsets[row + 1]))
        for (const name of lists) {
          columns.lists(name, ELEMENTS[element].type, { offsets: four, values: rows[name] as MapValues })
        }
      })
    }
    yield file.finish()
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
