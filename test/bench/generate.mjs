import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArrow } from './arrow-file.mjs'
import { batchesFor, ROWS_PER_BATCH } from './maps.mjs'
import { writeParquet } from './parquet-file.mjs'
import { recordBatches } from './record-batches.mjs'

const DUMPS = [
  { kind: 'arrow', length: 2048, ending: 'arrow', write: writeArrow },
  {
    kind: 'parquet zstd',
    length: 2048,
    ending: 'zstd.parquet',
    write: (path, of) => writeParquet(path, 'ZSTD', of),
  },
  {
    kind: 'parquet snappy',
    length: 2048,
    ending: 'snappy.parquet',
    write: (path, of) => writeParquet(path, 'SNAPPY', of),
  },
  { kind: 'arrow', length: 200, ending: 'arrow', write: writeArrow },
]

/** Dumps of about `gigabytes` each in `folder`, made where they are not there yet; of the kinds that start with `only`. */
export async function generate(folder, gigabytes, only = '') {
  await mkdir(folder, { recursive: true })
  const made = []
  for (const { kind, length, ending, write } of DUMPS.filter(dump => dump.kind.startsWith(only))) {
    const batches = batchesFor(gigabytes * 1e9, length)
    const records = batches * ROWS_PER_BATCH
    const path = join(folder, `maps-${length}-${records}.${ending}`)
    if ((await stat(path).catch(() => undefined)) === undefined) {
      console.error(`making ${path}`)
      await write(path, recordBatches(batches, length))
    }
    made.push({ kind, length, records, positions: records * length, path })
  }
  return made
}
