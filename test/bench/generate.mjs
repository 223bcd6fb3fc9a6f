import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArrow } from './arrow-file.mjs'
import { batchesFor, ROWS_PER_BATCH } from './maps.mjs'
import { writeParquet } from './parquet-file.mjs'

async function exists(path) {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/**
 * Dumps of about `gigabytes` each in `folder`, made where they are not there yet: maps of 2,048 and of 200 nt in Arrow, and
 * those of 2,048 nt in Parquet with ZSTD and with Snappy.
 */
export async function generate(folder, gigabytes, parquet = true) {
  await mkdir(folder, { recursive: true })
  const dumps = []
  for (const length of [2048, 200]) {
    const batches = batchesFor(gigabytes * 1e9, length)
    const records = batches * ROWS_PER_BATCH
    const dump = kind => ({ kind, length, records, positions: records * length })
    const name = `maps-${length}-${records}`
    const arrow = join(folder, `${name}.arrow`)
    if (!(await exists(arrow))) {
      console.error(`making ${arrow}`)
      await writeArrow(arrow, batches, length)
    }
    dumps.push({ ...dump('arrow'), path: arrow })
    if (length !== 2048 || !parquet) continue
    const paths = { zstd: join(folder, `${name}.zstd.parquet`), snappy: join(folder, `${name}.snappy.parquet`) }
    if (!(await exists(paths.zstd)) || !(await exists(paths.snappy))) {
      console.error(`making ${paths.zstd} and ${paths.snappy}`)
      await writeParquet(paths, batches, length)
    }
    for (const [codec, path] of Object.entries(paths)) dumps.push({ ...dump(`parquet ${codec}`), path })
  }
  return dumps
}
