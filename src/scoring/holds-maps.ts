import type { NumberColumn } from '../columns/column.js'
import { columnsText } from '../columns/layout.js'
import type { RecordOptions } from '../columns/records.js'
import { openColumns } from '../sources/open.js'

/**
 * What a file of arrays holds where that is no maps, such as the sequences or the truth of other files; undefined where
 * it may hold maps, as far as its names, types and first rows tell.
 *
 * Errors: those of `openColumns`.
 */
export async function otherThanMaps(path: string, records: RecordOptions): Promise<string | undefined> {
  const { files: _beside, ...own } = records
  const columns = await openColumns(path, own)
  try {
    const { recognised, fields } = columns
    if (recognised === undefined) return undefined
    const maps = fields.find(({ name }) => name === recognised.columns.attributions)
    if (maps === undefined) return columnsText(columns)
    if (maps.type.kind !== 'numbers' || own.columns?.attributions !== undefined) return undefined
    for await (const batch of columns.read([maps.name], {
      start: 0,
      end: Math.min(1, columns.batches?.length ?? 0),
    })) {
      const column = batch.columns.get(maps.name) as NumberColumn
      if (areFlags(column)) return `${maps.name} (${maps.declared}), of zeros and ones`
    }
    return undefined
  } finally {
    await columns.close()
  }
}

/** Bits of 1 as a half. */
const HALF_ONE = 0x3c00

function areFlags({ values, element }: NumberColumn): boolean {
  const one = element === 'float16' ? HALF_ONE : 1
  let ones = 0
  for (const value of values) {
    if (value === one) ones++
    else if (value !== 0) return false
  }
  return ones > 0
}
