import type { MapsBatch, MapsShape } from '../columns/maps-batch.js'
import { ParquetGroups, type SchemaElement } from '../columns/parquet-groups.js'

/** A Parquet file of maps, written a row group at a time; see `ParquetGroups`. */
export class MapsParquet {
  private constructor(
    private readonly shape: MapsShape,
    private readonly file: ParquetGroups,
  ) {}

  static async of(shape: MapsShape, metadata: ReadonlyMap<string, string>): Promise<MapsParquet> {
    const columns: SchemaElement[] = [
      textOf('id'),
      textOf('sequence'),
      ...listOf('attributions', 'REQUIRED', ELEMENTS[shape.element]),
    ]
    if (shape.truth) columns.push(...listOf('truth', 'OPTIONAL', ELEMENTS.float32))
    if (shape.model !== undefined) columns.push(textOf(shape.model))
    const root = { name: 'schema', num_children: 3 + Number(shape.truth) + Number(shape.model !== undefined) }
    return new MapsParquet(shape, await ParquetGroups.of([root, ...columns], metadata))
  }

  /** The bytes of a row group; with the first come those that begin the file. */
  group(batch: MapsBatch): Uint8Array {
    const { shape } = this
    const { rows, ids, sequences, models, attributions, truths } = batch
    const { element, truth, model } = shape
    return this.file.pages(rows, columns => {
      columns.texts('id', rows, row => Buffer.from(ids[row]))
      columns.texts('sequence', rows, row => Buffer.from(sequences[row]))
      columns.lists('attributions', ELEMENTS[element].type, attributions)
      if (truth) columns.lists('truth', 'FLOAT', truths)
      if (model !== undefined) columns.texts(model, rows, row => Buffer.from(models[row]))
    })
  }

  /** The bytes that end the file. */
  finish(): Uint8Array {
    return this.file.finish()
  }

  /** All that is needed to go on in a later process. */
  save(): string {
    return this.file.save()
  }

  /** Goes on from what `save` gave. */
  restore(saved: string): void {
    this.file.restore(saved)
  }
}

const ELEMENTS = {
  float16: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 2,
    logical_type: { type: 'FLOAT16' },
  },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
} as const

function textOf(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: 'REQUIRED',
  }
}

/** The three levels that the format has for lists. */
function listOf(
  name: string,
  repetition_type: 'REQUIRED' | 'OPTIONAL',
  element: (typeof ELEMENTS)[keyof typeof ELEMENTS],
): SchemaElement[] {
  return [
    { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...element },
  ]
}
