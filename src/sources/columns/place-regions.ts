import type { Column, ColumnBatch, ColumnSource, ColumnType } from './column.js'
import { textColumn } from './elements.js'
import type { RecordColumns } from '../records/record-columns.js'
import { valuesIn } from '../records/matrix.js'

/** Makes an id of a region, of the length of its map where that is known. */
export type PlaceRegion = (region: string, length: number | undefined) => string

/**
 * A source whose column `id` holds regions, with the places of its maps instead.
 *
 * @param layout How the maps are stored; undefined where they cannot be read.
 */
export function placeRegions(
  source: ColumnSource,
  id: string,
  layout: RecordColumns | undefined,
  place: PlaceRegion,
): ColumnSource {
  const lengths = layout === undefined ? undefined : lengthsOf(source, layout)
  const utf8 = new TextDecoder()
  return {
    ...source,
    fingerprint: () => source.fingerprint(),
    close: () => source.close(),
    async *read(columns, range, signal): AsyncGenerator<ColumnBatch> {
      if (!columns.includes(id)) {
        yield* source.read(columns, range, signal)
        return
      }
      const wanted = lengths?.column === undefined ? columns : [...new Set([...columns, lengths.column])]
      for await (const batch of source.read(wanted, range, signal)) {
        const regions = batch.columns.get(id) as Column & { kind: 'text' }
        const of = lengths?.column === undefined ? undefined : (batch.columns.get(lengths.column) as Column)
        const count = batch.rows.end - batch.rows.start
        const ids = Array.from({ length: count }, (_, row) => {
          const text = utf8.decode(regions.bytes.subarray(regions.offsets[row], regions.offsets[row + 1]))
          return place(text, lengths?.at(of, row))
        })
        yield { ...batch, columns: new Map([...batch.columns, [id, textColumn(ids)]]) }
      }
    },
  }
}

interface Lengths {
  /** The column that has them; undefined where all maps are of one length. */
  readonly column?: string
  /** The length of the map of a row; undefined for a row that has none. */
  at(column: Column | undefined, row: number): number | undefined
}

/**
 * How long the maps are: by their type, else by the sequence of each row, or by its map where sequences are in no order yet.
 */
function lengthsOf({ fields }: ColumnSource, layout: RecordColumns): Lengths {
  const { attributions, sequence, perPosition, numbered } = layout
  const typeOf = (name: string) => fields.find(field => field.name === name)?.type
  const ofMap = perPosition || attributions.length === 4 ? 1 : 4
  const values = fixedValues(typeOf(attributions[0]))
  if (values !== undefined) return { at: () => whole(values / ofMap) }
  const bySequence = typeOf(sequence) !== undefined && numbered !== 'rows'
  const each = bySequence ? (numbered ? 1 : 4) : ofMap
  return {
    column: bySequence ? sequence : attributions[0],
    at(column, row) {
      if (column === undefined || column.nulls?.[row] === 1) return undefined
      if (column.kind === 'text') return column.offsets[row + 1] - column.offsets[row]
      return whole(valuesIn(column, row) / each)
    },
  }
}

/** How many values each row has, where the type fixes it. */
function fixedValues(type: ColumnType | undefined): number | undefined {
  if (type?.kind !== 'numbers') return undefined
  let values = 1
  for (const length of type.nesting) {
    if (length === 'list') return undefined
    values *= length
  }
  return values
}

function whole(length: number): number | undefined {
  return Number.isInteger(length) ? length : undefined
}
