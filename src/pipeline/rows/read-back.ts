import { DataError } from '../../core/errors.js'
import { type MapsShape, RecordDigest } from '../../sinks/map-batcher.js'
import { openColumns } from '../../sources/open.js'
import { attributionRecords } from '../../sources/records/records.js'

/**
 * Reads a file of maps back and compares every group with what was written.
 *
 * @param file Where it is; `out`, what it is to be called. Error: `damaged`.
 */
export async function readBack(
  file: string,
  out: string,
  groups: readonly (readonly [rows: number, digest: string])[],
  { truth, model, kept }: MapsShape,
): Promise<void> {
  const source = attributionRecords(await openColumns(file), {
    truth,
    columns: { model },
    extra: Object.keys(kept),
  })
  const wrong = (what: string) =>
    new DataError(
      'damaged',
      `does not read back as it was written: ${what}; write it again, with --restart if there is a checkpoint`,
      { file: out },
    )
  const digest = new RecordDigest(kept)
  let group = 0
  let rows = 0
  try {
    for await (const batch of source.read()) {
      batch.forEach(record => {
        if (group === groups.length) throw wrong(`more than ${groups.length} groups`)
        digest.add(record)
        if (++rows < groups[group][0]) return
        if (digest.take() !== groups[group][1]) throw wrong(`group ${group} of ${groups.length}`)
        group++
        rows = 0
      })
    }
    if (group < groups.length || rows > 0) throw wrong(`${group} of ${groups.length} groups`)
  } finally {
    await source.close()
  }
}
