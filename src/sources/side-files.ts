import type { NumberColumn } from './columns/column.js'
import { columnsText } from './records/record-columns.js'
import type { RecordOptions } from './records/records.js'
import { openColumns } from './open.js'

/**
 * What a file of arrays holds where that is no maps, such as the sequences or the truth of other files; undefined where
 * it may hold maps, as far as its names, types and first rows tell.
 *
 * Errors: those of `openColumns`.
 */
export async function sideFileKind(path: string, records: RecordOptions): Promise<string | undefined> {
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

/** One-hot values, of N too, and their bits as halves: 0, 1 and 1/4. */
const ONE_HOT = [1, 0.25]
const ONE_HOT_HALVES = [0x3c00, 0x3400]

function areFlags({ values, element }: NumberColumn): boolean {
  const [one, quarter] = element === 'float16' ? ONE_HOT_HALVES : ONE_HOT
  let ones = 0
  for (const value of values) {
    if (value === one) ones++
    else if (value !== 0 && value !== quarter) return false
  }
  return ones > 0
}
