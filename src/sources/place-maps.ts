import type { ColumnField, ColumnSource } from './columns/column.js'
import type { Side } from './columns/join-in-order.js'
import { findLayout, type RecordColumns } from './records/record-columns.js'
import { placeRegions } from './columns/place-regions.js'
import type { RecordOptions } from './records/records.js'
import { DataError } from '../core/errors.js'

/**
 * The places of the maps for their regions, as ids. Maps that cannot be read leave the regions as they are.
 *
 * @param regions Path of the regions, for messages.
 * @param matched Sequences that are matched later, by these ids.
 */
export async function placeMaps(
  source: ColumnSource,
  regions: string,
  matched: Side | undefined,
  options: RecordOptions,
): Promise<ColumnSource> {
  const { placeOf } = await import('./bed/index.js')
  return placeRegions(source, 'id', layoutOf(withSide(source, matched), options), (region, length) =>
    placeOf(region, length, options.around, regions),
  )
}

function layoutOf(source: ColumnSource, options: RecordOptions): RecordColumns | undefined {
  try {
    return findLayout(source, options, 'maps')
  } catch (error) {
    if (error instanceof DataError) return undefined
    throw error
  }
}

/** A source with the type of a column that is matched with it later. */
function withSide(source: ColumnSource, side: Side | undefined): ColumnSource {
  if (side === undefined) return source
  const { part, column } = side
  const field = side.source.fields.find(({ name }) => name === column) as ColumnField
  const { producer, columns = {}, notes = [] } = source.recognised ?? {}
  return {
    ...source,
    fields: [{ ...field, name: part }, ...source.fields.filter(({ name }) => name !== part)],
    recognised: { producer, columns, beside: { ...source.recognised?.beside, [part]: part }, notes },
  }
}
