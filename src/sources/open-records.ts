import type { AttributionRecord, Source } from '../core/types.js'
import { openColumns } from './open.js'
import { attributionRecords, type RecordOptions } from './records/records.js'

/** The records of a file: those of a join with the maps of its other models. Errors: those of opening and reading either. */
export async function openRecords(path: string, options: RecordOptions): Promise<Source<AttributionRecord>> {
  if (options.join !== undefined) return (await import('./joined/open-joined.js')).openJoined(path, options)
  return attributionRecords(await openColumns(path, options), options)
}
